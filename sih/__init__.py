"""SIH, Sistem Informasi Helpdesk: the application factory (docs/paper.md, Kode Program 1)."""

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

import settings as settings_module
from sih import commands, controllers, web
from sih.runtime import installation
from sih.web import compression, error_pages, hosts, logs, sessions, templating
from sih.web.masks import MaskedCSRFProtect

FORM_BYTES = 500_000  # limit of a form without files; larger ones get a 413


def create_app(settings: settings_module.Settings | None = None) -> Flask:
    """Creates the application. Without a database server in the settings, starts the embedded PostgreSQL. `settings`:
    default from the environment. Raises SettingsError and EmbeddedError."""
    settings = settings or settings_module.read()
    app, is_secure = Flask(__name__), settings.public_url.startswith("https://")
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        SESSION_COOKIE_NAME=hosts.cookie_name("sih", is_secure),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        WTF_CSRF_TIME_LIMIT=None,  # valid as long as the session
        WTF_CSRF_SSL_STRICT=False,  # the token suffices; a company proxy may strip the Referer
        TRUSTED_HOSTS=[host for host in settings.hosts if ":" not in host],
        BOOTSTRAP_SERVE_LOCAL=settings.bootstrap_serve_local,
    )
    app.extensions["pool"] = installation.pool(settings)
    app.url_map.converters["id"] = web.IdConverter
    app.url_map.merge_slashes = False  # such a redirect would repeat the Host header of the request
    app.wsgi_app = hosts.Hosts(app.wsgi_app, settings.hosts)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)

    compression.init_app(app)
    logs.init_app(app)
    sessions.init_app(app)
    app.before_request(web.refuse_too_long)
    app.before_request(web.allow_upload)  # before the CSRF check, which reads the form
    MaskedCSRFProtect(app)
    templating.init_app(app, Bootstrap5(app))
    error_pages.init_app(app)
    commands.init_app(app)
    for blueprint in controllers.BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.teardown_appcontext(web.return_connection)
    return app
