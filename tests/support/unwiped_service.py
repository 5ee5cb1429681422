"""`python -m tests.support.unwiped_service`: the service, with freed memory that stays as it is; for a control."""

from __future__ import annotations

import sys

from service import __main__
from service.web import forgetting

if __name__ == "__main__":
    forgetting.OVERWRITING.clear()
    sys.exit(__main__.main())
