"""Imported first: keeps Altair's import short.

jsonschema, which Altair imports, asks for an optional checker of web addresses whose grammar takes seconds to build
once JupyterLab has installed it. No chart needs it, and jsonschema goes on without it.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
