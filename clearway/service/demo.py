"""A demo organisation of clearly fictional people, services and assets, to try Clearway with."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

from clearway.errors import ClearwayError
from clearway.service.house import House
from clearway.service.passwords import hash_password, new_password
from clearway.service.registry_command import record_entry
from clearway.service.registry_import import imported
from clearway.service.registry_sheet import read_sheet
from clearway.service.values import Actor, Refusal
from clearway.store import registry as rows
from clearway.store.database import Connection

Passwords = Mapping[str, str]
"""The name of a person -> the password, as it is typed."""

DEMO = Actor("demo", roles=frozenset({"admin"}), is_person=False)

_PEOPLE = """\
name,full_name,mail,manager,zone
alice,Alice Example,alice@example.org,mallory,Europe/Berlin
bob,Bob Example,bob@example.org,grace,Europe/Berlin
carol,Carol Example,carol@example.org,grace,Europe/London
dave,Dave Example,dave@example.org,grace,Europe/Berlin
erin,Erin Example,erin@example.org,grace,America/New_York
frank,Frank Example,frank@example.org,grace,Europe/Berlin
grace,Grace Example,grace@example.org,,Europe/Berlin
heidi,Heidi Example,heidi@example.org,grace,Europe/Berlin
ivan,Ivan Example,ivan@example.org,grace,Europe/Berlin
judy,Judy Example,judy@example.org,grace,Europe/London
mallory,Mallory Example,mallory@example.org,grace,Europe/Berlin
oscar,Oscar Example,oscar@example.org,mallory,America/New_York
peggy,Peggy Example,peggy@example.org,mallory,Europe/Berlin
trent,Trent Example,trent@example.org,grace,UTC
"""

_GROUPS = """\
name,title,lead,mail
staff,All staff,mallory,
service_desk,Service desk,bob,desk@example.org
service_desk_leads,Leads of the service desk,bob,
network,Network team,carol,network@example.org
applications,Applications team,dave,applications@example.org
workplace,Workplace team,erin,workplace@example.org
incident_managers,Incident managers,grace,
change_managers,Change managers,frank,
cab,Change advisory board,frank,
directors,Directors,mallory,
problem_managers,Problem managers,heidi,
line_managers,Line managers,mallory,
provisioning,Provisioning,erin,
compliance,Compliance,ivan,
service_managers,Service managers,judy,
process_owners,Process owners,grace,
administrators,Administrators,trent,
security,Security officers,heidi,
suppliers,Supplier managers,judy,
executives,Executives,grace,
registrars,Registrars of what suppliers change,erin,
"""

_GROUP_ROLES = """\
group,role
staff,requester
service_desk,service_desk
service_desk,resolver
service_desk_leads,service_desk_lead
network,resolver
network,implementer
applications,resolver
applications,implementer
workplace,resolver
workplace,implementer
incident_managers,incident_manager
change_managers,change_manager
change_managers,resolver
cab,cab_member
directors,director
problem_managers,problem_manager
line_managers,line_manager
provisioning,provisioner
compliance,compliance_owner
service_managers,service_manager
process_owners,process_owner
administrators,admin
security,security_officer
suppliers,supplier_manager
executives,executive
registrars,change_registrar
"""

_STAFF = tuple(line.split(",")[0] for line in _PEOPLE.splitlines()[1:])
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "staff": _STAFF,
    "service_desk": ("bob", "peggy"),
    "service_desk_leads": ("bob",),
    "network": ("carol", "trent"),
    "applications": ("dave", "heidi"),
    "workplace": ("erin",),
    "incident_managers": ("grace", "bob"),
    "change_managers": ("frank",),
    "cab": ("frank", "carol", "dave", "judy", "ivan"),
    "directors": ("mallory",),
    "problem_managers": ("heidi",),
    "line_managers": ("mallory", "grace"),
    "provisioning": ("erin", "peggy"),
    "compliance": ("ivan",),
    "service_managers": ("judy",),
    "process_owners": ("grace", "heidi"),
    "administrators": ("trent",),
    "security": ("heidi", "ivan"),
    "suppliers": ("judy",),
    "executives": ("grace",),
    "registrars": ("erin",),
}

_SERVICES = """\
name,title,criticality,owner,support_group
payroll,Payroll,1,judy,applications
mail,Mail and calendar,2,judy,workplace
network,Network and internet access,1,judy,network
intranet,Intranet,3,mallory,applications
laptop,Laptops and workplace,3,judy,workplace
webshop,Web shop,1,mallory,applications
not_listed,Not listed or not known,3,,
"""

_ASSETS = """\
name,kind,title,criticality,owner,support_group
db01,database,Payroll database,1,dave,applications
app01,server,Application server,2,dave,applications
web01,server,Web server of the shop,1,dave,applications
mx01,server,Mail server,2,erin,workplace
core-switch,network,Core switch,1,carol,network
firewall,network,Firewall,1,carol,network
laptop-0042,laptop,Laptop of Alice Example,4,alice,workplace
"""

_RELATIONS = """\
from,kind,to
payroll,runs_on,db01
payroll,runs_on,app01
mail,runs_on,mx01
intranet,runs_on,app01
webshop,runs_on,web01
webshop,depends_on,payroll
network,runs_on,core-switch
network,runs_on,firewall
mx01,depends_on,core-switch
web01,depends_on,firewall
db01,depends_on,core-switch
"""

_FREEZE_IN = timedelta(days=21)
_FREEZE_LASTS = timedelta(days=3)
_SUNDAY = 6


def demo_is_due(house: House) -> bool:
    """Whether the demo organisation is to be made: nobody is there, or only its beginning."""
    return house.store.ask(_is_due)


def create_demo(house: House, tell: Callable[[Passwords], None] | None = None) -> Passwords:
    """Make the demo organisation in one transaction; answers the passwords, kept as hashes only.

    `tell` hears them once, before anything is kept: whatever ends the program, either nothing is
    there and the next call makes it anew, or the passwords that work have been told. Run again it
    changes nothing and answers no passwords. Raises ClearwayError when somebody else's registry
    would be changed.
    """
    if house.store.ask(_is_somebody_elses):
        raise ClearwayError(
            "The registry has people of its own; the demo organisation is for an empty one."
        )
    if not demo_is_due(house):
        return {}
    fresh = {name: new_password() for name in _STAFF}
    hashes = {name: hash_password(password) for name, password in fresh.items()}
    # The transaction may be tried again: the same passwords, told once.
    told = cache(lambda: tell(fresh) if tell else None)

    def make(connection: Connection) -> Passwords:
        rows.lock_registry(connection)
        if not _is_due(connection):  # another start was faster
            return {}
        for table, text in _sheets(house.now()):
            _import(house, connection, table, text)
        for name, hashed in hashes.items():
            rows.set_password_hash(connection, name, hashed)
            record_entry(house, connection, DEMO, "set_password", {"person": name})
        told()
        return fresh

    return house.store.change(make)


def _import(house: House, connection: Connection, table: str, text: str) -> None:
    sheet = read_sheet(table, text, rows.KEYS[table])
    result = imported(house, connection, DEMO, sheet)
    if isinstance(result, Refusal):
        raise ClearwayError(f"The demo {table} cannot be made: {dict(result.fields)}")


def _sheets(now: datetime) -> list[tuple[str, str]]:
    memberships = ["group,person"]
    memberships += [f"{group},{name}" for group, names in _MEMBERS.items() for name in names]
    return [
        ("people", _PEOPLE),
        ("groups", _GROUPS),
        ("group_roles", _GROUP_ROLES),
        ("memberships", "\n".join(memberships)),
        ("services", _SERVICES),
        ("assets", _ASSETS),
        ("relations", _RELATIONS),
        ("windows", _windows(now)),
    ]


def _windows(now: datetime) -> str:
    """A freeze three weeks ahead, and a time for maintenance on each Sunday that comes."""
    sunday = (now + timedelta(days=(_SUNDAY - now.weekday()) % 7 or 7)).date()
    first = (now + _FREEZE_IN).date()
    last = first + _FREEZE_LASTS
    return f"""\
name,kind,title,strength,from,until,zone,things,repeats
stocktaking,freeze,Stocktaking,hard,{first}T06:00,{last}T20:00,Europe/Berlin,webshop payroll,
shop_sundays,maintenance,Sunday evening of the shop,,{sunday}T20:00,{sunday}T23:00,\
Europe/Berlin,webshop web01,FREQ=WEEKLY;BYDAY=SU
"""


def _is_somebody_elses(connection: Connection) -> bool:
    people = rows.known_names(connection)["people"]
    return bool(people) and not set(_STAFF) <= people


def _is_due(connection: Connection) -> bool:
    """Passwords mark the end. An older version could leave its people there without any."""
    people = rows.all_people(connection)
    if not people:
        return True
    untouched = all(person.active for person in people)
    if not untouched or {person.name for person in people} != set(_STAFF):
        return False
    return all(rows.password_hash(connection, name) is None for name in _STAFF)
