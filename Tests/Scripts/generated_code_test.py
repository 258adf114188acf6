#!/usr/bin/python3
"""Generated files are what their generators write from the inputs in the repository."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATORS = ["scripts/generate-character-sets", "scripts/generate-collations", "scripts/generate-java-encodings",
              "scripts/generate-time-zones", "scripts/kafka/generate-error-codes", "scripts/kafka/generate-messages"]


class GeneratedCodeTest(unittest.TestCase):
    def test_generators_write_the_files_that_are_checked_in(self):
        for generator in GENERATORS:
            with self.subTest(generator), tempfile.TemporaryDirectory() as folder:
                subprocess.run(["/usr/bin/python3", ROOT / generator, "--output", folder], check=True, stdout=subprocess.DEVNULL)
                written = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
                self.assertTrue(written, f"{generator} writes nothing")
                for path in written:
                    name = path.relative_to(folder)
                    self.assertEqual(path.read_bytes(), (ROOT / name).read_bytes(), f"{name} is not what {generator} writes")


if __name__ == "__main__":
    unittest.main()
