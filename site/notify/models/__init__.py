"""Messages, their way outside, and what people chose."""

from notify.models.message import DailyRun, Delivery, Message
from notify.models.outside import PushSubscription
from notify.models.preference import Choice, Settings
from notify.models.template import Template

__all__ = ["Choice", "DailyRun", "Delivery", "Message", "PushSubscription", "Settings", "Template"]
