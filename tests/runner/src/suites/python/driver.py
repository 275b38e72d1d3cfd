"""Runs one module of Python's own tests and writes what became of each case.

Arguments: the file of results, the module, the number of the first case, the seconds that a case may
take, and then the cases to run (all of them when there are none). Every result is one line:
`begin NUMBER CASE`, then `ok CASE`, `skip CASE`, `FAIL CASE` or `ERROR CASE` with the reason behind a tab;
`end` comes last. A case that takes too long leaves the traces of all threads there and ends the program.
"""

import faulthandler
import locale
import os
import sys
import unittest


class Recorder(unittest.TestResult):
    """Writes each result to the file; the worst word of a case and its parts is the case's own."""

    def __init__(self, file, limit):
        super().__init__()
        self.file, self.limit, self.pid = file, limit, os.getpid()
        self.number, self.word, self.why = 0, "ok", ""

    def say(self, *words):
        # A child that a test forked may come back here; what it has to say is its parent's to judge.
        if os.getpid() == self.pid:
            self.file.write((" ".join(words) + "\n").encode("utf-8", "backslashreplace"))

    def startTest(self, test):
        super().startTest(test)
        self.word, self.why = "ok", ""
        self.say("begin", str(self.number), name(test))
        faulthandler.dump_traceback_later(self.limit, exit=True, file=self.file)

    def stopTest(self, test):
        faulthandler.cancel_dump_traceback_later()
        self.tell(test)
        self.number += 1
        super().stopTest(test)

    def tell(self, test):
        self.say(self.word, name(test) + "\t" + " ".join(self.why.split()))

    def note(self, test, word, error):
        order = ["ok", "skip", "FAIL", "ERROR"]
        if order.index(word) > order.index(self.word):
            self.word, self.why = word, error
        if not isinstance(test, unittest.TestCase):
            # What is set up for a whole class or module is no case that was begun.
            self.tell(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skip", reason)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note(test, "FAIL", place(error))

    def addError(self, test, error):
        super().addError(test, error)
        self.note(test, "ERROR", place(error))

    def addSubTest(self, test, part, error):
        super().addSubTest(test, part, error)
        if error is not None:
            word = "FAIL" if issubclass(error[0], test.failureException) else "ERROR"
            self.note(test, word, part._subDescription() + " " + place(error))

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "FAIL", "an unexpected success")


def name(test):
    return test.id().removeprefix("test.").replace("\n", " ")


def place(error):
    """The exception, and the last line of the tests in its trace."""
    kind, value, trace = error
    where = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "/test" in file:
            where = f"{os.path.basename(file)}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return f"{where}{kind.__name__}: {value}"[:600]


def cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        else:
            yield test


def main(results, module, first, limit, *chosen):
    from test import support
    from test.support import os_helper

    locale.setlocale(locale.LC_CTYPE, "")
    faulthandler.enable()
    support.use_resources = ["cpu", "subprocess", "curses", "decimal", "tzdata", "walltime"]
    support.record_original_stdout(sys.stdout)
    first = int(first)
    with open(results, "ab", buffering=0) as file:
        recorder = Recorder(file, float(limit))
        recorder.number = first
        with os_helper.temp_cwd(f"python-cwd-{first}"):
            try:
                loaded = unittest.defaultTestLoader.loadTestsFromName("test." + module)
            except unittest.SkipTest as reason:
                recorder.say("skip", f"{module}\t{reason}")
                loaded = []
            tests = [test for test in cases(loaded) if not chosen or name(test) in chosen][first:]
            unittest.TestSuite(tests).run(recorder)
        recorder.say("end")


if __name__ == "__main__":
    main(*sys.argv[1:])
