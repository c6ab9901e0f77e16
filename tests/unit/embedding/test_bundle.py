from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import load_file

from kb.embedding.bundle import WEIGHTS, quantise_columns, quantise_rows, read_config
from kb.embedding.opening import BUNDLE

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


def test_no_sum_of_two_products_leaves_16_bits_on_processors_without_vnni() -> None:
    tensors = load_file(BUNDLE / WEIGHTS)
    matrices = {name: value for name, value in tensors.items() if value.dtype == np.int8 and name != "pieces"}

    assert len(matrices) == 4 * read_config(BUNDLE).layers
    assert max(int(np.abs(value.astype(np.int16)).max()) for value in matrices.values()) * 2 * 255 < 2**15
