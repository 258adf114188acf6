#!/usr/bin/env python3
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

    def test_functions_of_a_running_connector_come_first(self):
        self.assertEqual(script.ordered(["d", "b", "d"], ["c", "b", "a"]), ["b", "d", "a", "c"])


if __name__ == "__main__":
    unittest.main()
