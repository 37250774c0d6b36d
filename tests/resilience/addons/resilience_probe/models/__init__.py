from . import resilience_effect, sire_webhook_event
