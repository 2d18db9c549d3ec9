"""What gunicorn loads."""

import os
import sys

from shop.settings import SettingsError, load
from shop.web import SECRETS, create_app

try:
    app = create_app(load(os.environ, secrets=SECRETS))
except SettingsError as error:
    # gunicorn would print a traceback around it and start again for ever.
    print(error, file=sys.stderr)
    sys.exit(4)
