"""HTTP: one file per noun. Each route declares its guard (sih/web.py); tests walk them all."""

from sih.controllers import (
    acceptances,
    activations,
    closures,
    comments,
    confirmations,
    escalations,
    health,
    lists,
    login,
    openings,
    pins,
    preferences,
    problems,
    reopenings,
    returns,
)

BLUEPRINTS = [
    module.blueprint
    for module in (
        acceptances,
        activations,
        closures,
        comments,
        confirmations,
        escalations,
        health,
        lists,
        login,
        openings,
        pins,
        preferences,
        problems,
        reopenings,
        returns,
    )
]
