#!/usr/bin/env python3
"""What scripts/count-instructions concludes from its counts."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

sys.dont_write_bytecode = True
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "count-instructions")
loader = importlib.machinery.SourceFileLoader("count_instructions", SCRIPT)
script = importlib.util.module_from_spec(importlib.util.spec_from_loader("count_instructions", loader))
loader.exec_module(script)

TOOLCHAIN = "swift-6.3.1-RELEASE x86_64-unknown-linux-gnu"


def run(instructions, rows, size):
    return {"instructions": instructions, "records": rows, "bytes": size}


class PerRow(unittest.TestCase):
    def test_set_up_does_not_count(self):
        small, large = run(5_000_000 + 10_000 * 700, 10_000, 3_000), run(5_000_000 + 20_000 * 700, 20_000, 4_003_000)
        self.assertEqual(script.per_row(small, large), {"instructions": 700.0, "bytes": 400.0})

    def test_rows_that_give_no_records_are_an_error(self):
        with self.assertRaisesRegex(script.Failure, "10000 rows gave 0 records"):
            script.per_row(run(1, 0, 0), run(2, 20_000, 10))


class Comparison(unittest.TestCase):
    RECORDED = {TOOLCHAIN: {"stream": {"instructions": 1000.0, "bytes": 500.0}}}

    def compare(self, instructions, size=500.0, workload="stream", toolchain=TOOLCHAIN):
        lines, fails = script.compare({workload: {"instructions": instructions, "bytes": size}}, self.RECORDED, toolchain)
        return "\n".join(lines), fails

    def test_three_percent_more_pass(self):
        self.assertEqual(
            self.compare(1030.0), ("stream: 1,030.0 instructions a row, recorded 1,000.0: +3.00 %", False))

    def test_more_than_three_percent_fail_with_workload_counts_and_percentage(self):
        text, fails = self.compare(1031.0)
        self.assertTrue(fails)
        self.assertEqual(
            text, "stream: 1,031.0 instructions a row, recorded 1,000.0: +3.10 %; at most +3 % is allowed")

    def test_fewer_instructions_pass(self):
        self.assertFalse(self.compare(500.0)[1])

    def test_other_bytes_fail(self):
        text, fails = self.compare(1000.0, size=20.0)
        self.assertTrue(fails)
        self.assertIn("a row gives 20.0 bytes instead of 500.0", text)

    def test_a_workload_without_a_record_fails(self):
        text, fails = self.compare(1.0, workload="wide")
        self.assertTrue(fails)
        self.assertIn("--record", text)

    def test_another_toolchain_prints_and_passes(self):
        text, fails = self.compare(9000.0, toolchain="swift-6.4-RELEASE x86_64-unknown-linux-gnu")
        self.assertFalse(fails)
        self.assertIn("nothing is recorded for this toolchain, swift-6.4-RELEASE", text)
        self.assertIn("stream: 9,000.0 instructions a row", text)


class Toolchain(unittest.TestCase):
    def test_release_and_platform(self):
        text = "Swift version 6.3.1 (swift-6.3.1-RELEASE)\nTarget: x86_64-unknown-linux-gnu\n"
        self.assertEqual(script.toolchain_name(text), TOOLCHAIN)

    def test_other_text_is_an_error(self):
        with self.assertRaises(script.Failure):
            script.toolchain_name("no swift here")


if __name__ == "__main__":
    unittest.main()
