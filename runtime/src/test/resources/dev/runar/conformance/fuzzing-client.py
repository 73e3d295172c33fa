# Runs the fuzzing client of the Autobahn test suite against one server, on Jython.
# Arguments: the server's URL, where reports go, and which cases are run, such as 6.4.* or *.
import sys

url, reports, cases = sys.argv[1:4]
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
        "exclude-cases": [],
        "exclude-agent-cases": {},
    },
)
