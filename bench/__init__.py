"""Measurements that take longer than a test.

`python -m bench.speed`, `python -m bench.memory` and `python -m bench.accuracy`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# As in the workers of a scan (`scan.batch.ONE_THREAD`); numpy counts when it is loaded.
