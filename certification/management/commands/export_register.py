"""Write the public register as a tree of files that any web server can serve."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from certification.queries import register
from certification.tlog import tiles
from certification.tlog.tiles import WIDTH, TilePlace


class Command(BaseCommand):
    """Export the public register into a folder.

    Files that exist and can't change are left alone. The signed head is written last.
    """

    help = (
        "Writes checkpoint, tiles and entries into a folder; run again, it adds what is new. "
        "Serve the folder as /register/."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the tree of files."""
        folder: Path = options["folder"]
        head = register.get_newest_checkpoint()
        if head is None:
            raise CommandError("the register is empty: there is nothing to write yet")
        written = 0
        try:
            for place, wide in _tiles(head.size):
                written += _put(
                    folder / tiles.tile_path(place, wide),
                    lambda place=place, wide=wide: register.read_register_tile(place, wide),
                )
            for index in range(-(-head.size // WIDTH)):
                wide = tiles.tile_width(head.size, TilePlace(0, index))
                written += _put(
                    folder / tiles.bundle_path(index, wide),
                    lambda index=index, wide=wide: register.read_entry_bundle(index, wide),
                )
            _replace(folder / "checkpoint", head.note.encode())
        except OSError as error:
            raise CommandError(f"{folder}: {error}") from error
        self.stdout.write(f"{written} new files for {head.size} entries in {folder}")


def _tiles(size: int) -> list[tuple[TilePlace, int]]:
    """Return (place, width) of every tile of a register of *size* entries."""
    return [
        (TilePlace(level, index), tiles.tile_width(size, TilePlace(level, index)))
        for level in range(tiles.LEVELS)
        for index in range(-(-(size >> tiles.HEIGHT * level) // WIDTH))
    ]


def _put(path: Path, read: Any) -> int:
    """Write the file unless it exists, and return how many files were written."""
    if path.exists():
        return 0
    data = read()
    if data is None:
        raise CommandError(f"{path.name} is missing in the register: run check_register")
    _replace(path, data)
    return 1


def _replace(path: Path, data: bytes) -> None:
    """Write the file atomically, so that a reader sees either the old file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(data)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
