"""Typed access to what Flask keeps in untyped dictionaries: settings, connection pool, extensions."""

from flask import Flask, current_app
from flask_login import LoginManager

from settings import Settings
from sih.dao.query import Pool


def settings(app: Flask = current_app) -> Settings:
    return app.config["SETTINGS"]


def connection_pool(app: Flask = current_app) -> Pool:
    return app.extensions["pool"]


def login_manager() -> LoginManager:
    return current_app.extensions["login_manager"]


def compressed() -> dict[str, bytes]:
    """The cache of gzipped static files of this process, by ETag."""
    return current_app.extensions["compressed"]
