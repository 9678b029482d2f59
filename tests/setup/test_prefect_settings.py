"""Prefect understands every variable that we set for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from clearway.prefect_env import prefect_environment
from clearway.settings import Settings

ASKED = """
import json
from prefect.settings import get_current_settings
found = get_current_settings()
api = found.server.api
print(json.dumps({
    "home": str(found.home),
    "client": [found.api.url, found.api.auth_string.get_secret_value()],
    "server": [api.host, api.port, api.auth_string.get_secret_value()],
    "guards": [api.csrf_protection_enabled, api.cors_allowed_origins],
    "pages": [found.server.ui.api_url, found.server.ui.show_promotional_content],
    "off": [found.server.analytics_enabled, found.server.ephemeral.enabled],
}))
"""


def test_prefect_reads_what_we_mean(tmp_path: Path):
    settings = Settings.from_environment(
        {"CLEARWAY_HOME": str(tmp_path), "CLEARWAY_PREFECT_PORT": "4211"}
    )
    variables = {**os.environ, **prefect_environment(settings)}

    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=variables, capture_output=True, text=True, check=True
    )

    address, auth = "http://127.0.0.1:4211", settings.secrets().prefect_auth
    assert json.loads(done.stdout) == {
        "home": str(tmp_path / "prefect"),
        "client": [f"{address}/api", auth],
        "server": ["127.0.0.1", 4211, auth],
        "guards": [True, address],
        "pages": [f"{address}/api", False],
        "off": [False, False],
    }
