# Runs the fuzzing client of the Autobahn test suite against one server, on Jython.
# Arguments: the server's URL, where reports go, which cases are run, such as 6.4.* or *, and which
# of them are not.
import sys

url, reports, cases, excluded = sys.argv[1:5]
sys.argv = ["wstest"]

from autobahntestsuite import wstest

wstest.start(
    {"mode": "fuzzingclient", "debug": False, "ident": None, "key": None, "cert": None},
    {
        "failByDrop": False,
        "enable-ssl": False,
        "outdir": reports,
        "servers": [{"agent": "runar", "url": url, "options": {"version": 18}}],
        "cases": [cases],
        "exclude-cases": [excluded] if excluded else [],
        "exclude-agent-cases": {},
    },
)
