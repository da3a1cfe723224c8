"""What the application was made with. Flask keeps it in dictionaries that hold anything; here it has its types."""

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
    """Static files as this process sends them with gzip, by ETag."""
    return current_app.extensions["compressed"]
