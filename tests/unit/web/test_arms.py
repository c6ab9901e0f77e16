"""Which visitors the contact form holds out."""

from __future__ import annotations

import pytest

from kb.events import Arm, VisitorKey
from kb.statistics.holdout import assign_arm

VISITORS = [VisitorKey(f"visitor-{number}") for number in range(20_000)]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.5])
def test_the_share_of_visitors_that_was_asked_for_is_held_out(share: float) -> None:
    held = sum(assign_arm(visitor, share) is Arm.HOLDOUT for visitor in VISITORS)

    assert held / len(VISITORS) == pytest.approx(share, abs=0.01)


def test_a_larger_share_holds_out_everybody_whom_a_smaller_one_does() -> None:
    small, large = ({v for v in VISITORS if assign_arm(v, share) is Arm.HOLDOUT} for share in (0.1, 0.3))

    assert small < large
