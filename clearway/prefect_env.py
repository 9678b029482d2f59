"""How Prefect is set: a private server with a password, no telemetry, never a temporary one."""

from clearway.settings import Settings


def prefect_environment(settings: Settings) -> dict[str, str]:
    """The environment of Prefect's server, of its workers and of every process that talks to it.

    Without these variables Prefect silently starts a temporary server of its own, and a server
    that everybody may write to, web pages included. Contains a secret.
    """
    address = f"http://127.0.0.1:{settings.prefect_port}"
    auth = settings.secrets().prefect_auth
    variables = {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        # Without it the pages call port 4200 whatever the server's port is.
        "PREFECT_SERVER_UI_API_URL": f"{address}/api",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": address,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_COLORS": "false",
    }
    if settings.prefect_database_url is not None:
        variables["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = settings.prefect_database_url
    return variables
