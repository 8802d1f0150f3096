"""Takes the C libraries and the C headers out of a TensorFlow wheel.

Usage: unpack-wheel.py WHEEL FOLDER LIBRARY...
Writes FOLDER/lib/LIBRARY and FOLDER/include/... A missing library ends with an error.
"""

import os
import shutil
import sys
import zipfile

# All that tensorflow/c/c_api.h and tensorflow/c/eager/c_api.h include lies in these folders.
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/")

wheel, folder, *libraries = sys.argv[1:]
wanted = {}
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        package, _, inside = name.partition("/")
        if package != "tensorflow" or ".." in inside.split("/"):
            continue
        if inside in libraries:
            wanted[name] = os.path.join(folder, "lib", inside)
        elif inside.startswith(tuple("include/" + h for h in HEADERS)) and inside.endswith(".h"):
            wanted[name] = os.path.join(folder, inside)
    missing = [library for library in libraries if "tensorflow/" + library not in wanted]
    if missing:
        sys.exit("the package does not contain " + ", ".join(missing))
    for name, target in wanted.items():
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
