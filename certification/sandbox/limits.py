"""What one file may use."""

from __future__ import annotations

import resource
import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """Limits in megabytes of address space, seconds of processor time, and seconds by the clock."""

    megabytes: int = 768
    processor_seconds: int = 8
    seconds: int = 12

    def as_arguments(self) -> list[str]:
        """Return the limits as command line arguments."""
        return [str(self.megabytes), str(self.processor_seconds), str(self.seconds)]

    def apply(self) -> None:
        """Limit this process. After this it can neither write nor open anything, whether file or
        connection.

        The server watches the clock. The alarm is for the case that the server was killed.
        """
        resource.setrlimit(resource.RLIMIT_AS, (self.megabytes << 20, self.megabytes << 20))
        resource.setrlimit(
            resource.RLIMIT_CPU, (self.processor_seconds, self.processor_seconds + 1)
        )
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
        signal.setitimer(signal.ITIMER_REAL, self.seconds + 1)
