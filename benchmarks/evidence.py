"""What the loss of april-2025 rests on: made anew and kept beside the bundled worlds.

python -m benchmarks.evidence [WORLD ...]
"""

from __future__ import annotations

import sys

from standoff.studies.evidence import keep_evidence, study_evidence
from standoff.world.tables import bundled_worlds, read_world


def main() -> None:
    for name in sys.argv[1:] or bundled_worlds():
        world = read_world(name)
        content = study_evidence(world, processes=2)
        print(keep_evidence(world, content), content["shares"])


if __name__ == "__main__":
    main()
