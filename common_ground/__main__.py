"""`python -m common_ground`: the commands of the README."""

import sys

from common_ground.cli import main

if __name__ == "__main__":
    sys.exit(main())
