#!/usr/bin/python3
"""What scripts/order-functions makes of callgrind's profiles."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

sys.dont_write_bytecode = True
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "order-functions")
loader = importlib.machinery.SourceFileLoader("order_functions", SCRIPT)
script = importlib.util.module_from_spec(importlib.util.spec_from_loader("order_functions", loader))
loader.exec_module(script)


class Profile(unittest.TestCase):
    def test_called_functions_are_named_without_callgrinds_marks(self):
        profile = "events: Ir\nfl=???\nfn=$s4cdcd4main'2\n0 12\ncfn=malloc\nfn=malloc\n0 3\nfn=0x00000000004010a0\nfn=(below main)\n"
        self.assertEqual(script.functions(profile), ["$s4cdcd4main", "malloc"])

    def test_calls_are_summed_over_all_callers(self):
        profile = ("fn=main\ncfn=malloc\ncalls=3 0\n0 12\n"
                   "fn=run\ncfn=malloc'2\ncalls=4 0\n0 12\ncfn=free\ncalls=1 0\n0 2\n")
        self.assertEqual(script.calls(profile), {"malloc": 7, "free": 1})

    def test_a_function_is_frequent_if_every_second_transaction_calls_it(self):
        self.assertEqual(script.frequent({"a": 5, "b": 4, "0x40": 10}, 10), {"a"})

    def test_frequent_functions_come_first_and_those_of_the_library_last_in_their_group(self):
        self.assertEqual(script.ordered({"d", "$ss"}, ["d", "b", "d", "$ss"], ["c", "b", "a", "$sS"], {"$ss", "$sS"}),
                         ["d", "$ss", "b", "a", "c", "$sS"])


if __name__ == "__main__":
    unittest.main()
