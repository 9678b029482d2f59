"""`python -m clearway.web` serves the portal and the HTTP API until it is told to end."""

import sys

import uvicorn

from clearway.at_hand import open_database
from clearway.errors import ClearwayError
from clearway.settings import Settings
from clearway.supervisor import require_free_port
from clearway.web.app import create_app
from clearway.wiring import open_house, portal_parts


def main() -> int:
    """Serve with the settings of the environment; answers the exit code."""
    try:
        settings = Settings.from_environment()
        settings.make_home()
        with open_database(settings) as url, open_house(url) as house:
            require_free_port(settings.host, settings.port, setting="CLEARWAY_PORT")
            parts = portal_parts(house, settings, url)
            app = create_app(house, settings, mark=settings.mark(), **parts)
            uvicorn.run(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                timeout_graceful_shutdown=5,
                server_header=False,
            )
    except ClearwayError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
