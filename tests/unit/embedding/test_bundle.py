from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kb.embedding.bundle import quantise_columns, quantise_rows

matrices = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-8, 8, width=32))


@given(matrix=matrices)
def test_a_row_comes_back_within_half_a_step(matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    rows, scales = quantise_rows(matrix)
    assert rows.dtype == np.int8
    assert (np.abs(rows * scales - matrix) <= scales * 0.501).all()


@given(matrix=matrices)
def test_a_column_comes_back_within_half_a_step(matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    columns, scales = quantise_columns(matrix)
    assert scales.shape == (matrix.shape[1],)
    assert (np.abs(columns * scales - matrix) <= scales * 0.501).all()
