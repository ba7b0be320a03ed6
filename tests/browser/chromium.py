"""Finds a Chromium for the browser tests, and installs Debian's where there is none.

Run by `make test`; on other systems it says what to install.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common_ground.errors import PackError
from common_ground.pack import chromium


def install() -> bool:
    """Debian and Ubuntu: the package chromium, with sudo where needed and possible."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    rights = [] if os.geteuid() == 0 else [shutil.which("sudo") or "sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        try:
            done = subprocess.run([*rights, apt, *arguments], env=environment, check=False)
        except FileNotFoundError:
            return False
        if done.returncode != 0:
            return False
    return True


def main() -> int:
    try:
        chromium.find()
    except PackError as missing:
        if not install():
            print(f"{missing}\nThe browser tests need one too.", file=sys.stderr)
            return 1
    print(f"Browser for the tests: {chromium.find()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
