"""Fill the embedded site with demo data, through the same workflows people use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from core.demo import World, list_demo_loaders
from core.progress import progress_bar


class Command(BaseCommand):
    """`manage.py load_demo` loads the demo. It is safe to run again and refuses to touch a site
    that isn't a demo.
    """

    help = "Loads the demo data (embedded form with CRAFTPATH_DEMO=1 only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every loader under one bar."""
        if not settings.DEMO:
            msg = "This is not a demo: set CRAFTPATH_DEMO=1 in the embedded form."
            raise CommandError(msg)
        world = World()
        with override("zh-hans"), progress_bar() as bar:
            steps = list_demo_loaders()
            task = bar.add_task("demo data", total=len(steps))
            world.say = lambda text: bar.update(task, description=f"demo data: {text}")
            for label, loader in steps:
                world.say(str(label))
                loader(world)
                bar.advance(task)
            bar.update(task, description="demo data")
