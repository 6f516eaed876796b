"""Speed of determinations on one core: mixed transactions with ownership graphs on random dates.

Run: python benchmarks/determine.py [COUNT]. The first figure makes every transaction anew, so that nothing is remembered from one to the
next but the register; the items themselves repeat only by chance. Times are processor time, so that a busy machine does not count.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "measures"))

from random_transactions import random_date, random_transaction

from standoff.measures.determine import determine
from standoff.measures.register import load_register

BATCH = 10_000


def main(count: int) -> None:
    start = time.process_time()
    register = load_register()
    register.rulebook()
    loaded = time.process_time() - start
    dice = random.Random(1)
    spent, owned = 0.0, 0
    codes: Counter[str] = Counter()
    for first in range(0, count, BATCH):
        questions = [(random_transaction(dice), random_date(dice)) for _ in range(min(BATCH, count - first))]
        owned += sum(transaction.end_user.ownership is not None for transaction, _ in questions)
        start = time.process_time()
        codes.update(determine(transaction, on, register).outcome.code for transaction, on in questions)
        spent += time.process_time() - start
    print(f"register read and compiled: {loaded * 1000:.0f} ms")
    print(
        f"{count:,} determinations ({owned:,} with ownership graphs): {spent:.2f} s of one core, {spent / count * 1e6:.0f} µs each"
    )
    print(dict(codes.most_common()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
