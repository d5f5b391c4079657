"""Meta's side of WhatsApp, on the loopback: a real HTTP server that misbehaves.

``python -m tests.whatsapp_simulator`` runs it by itself with a page to play the
customer; tests run it in a thread: ``with running(Behaviour(...)) as simulator``.
"""

from . import webhooks
from .behaviour import Behaviour
from .server import Simulator, running

__all__ = ["Behaviour", "Simulator", "running", "webhooks"]
