"""SIH, Sistem Informasi Helpdesk: the whole wiring on one screen (docs/paper.md, Kode Program 1)."""

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

import settings as settings_module
from sih import commands, controllers, web
from sih.runtime import installation
from sih.web import compression, error_pages, hosts, logs, sessions, templating
from sih.web.masks import MaskedCSRFProtect

FORM_BYTES = 500_000  # a form without files; a larger one gets the 413 page


def create_app(settings: settings_module.Settings | None = None) -> Flask:
    """The application on the database that the settings name: the embedded one is started if it is not running."""
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
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # the token is what is checked; a company proxy may strip the referrer
        TRUSTED_HOSTS=[host for host in settings.hosts if ":" not in host],
        BOOTSTRAP_SERVE_LOCAL=settings.bootstrap_serve_local,
    )
    app.extensions["pool"] = installation.pool(settings)
    app.url_map.converters["id"] = web.IdConverter
    app.url_map.merge_slashes = False  # no redirect that repeats what came in the Host header
    app.wsgi_app = hosts.Hosts(app.wsgi_app, settings.hosts)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)

    compression.init_app(app)
    logs.init_app(app)
    sessions.init_app(app)
    app.before_request(web.refuse_too_long)
    app.before_request(web.allow_upload)  # before the token is looked for, which reads the form
    MaskedCSRFProtect(app)
    templating.init_app(app, Bootstrap5(app))
    error_pages.init_app(app)
    commands.init_app(app)
    for blueprint in controllers.BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.teardown_appcontext(web.return_connection)
    return app
