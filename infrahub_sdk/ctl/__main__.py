"""`python -m infrahub_sdk.ctl`, where the command infrahubctl is not on the path."""

from __future__ import annotations

import sys

from infrahub_sdk.ctl import main

if __name__ == "__main__":
    sys.exit(main())
