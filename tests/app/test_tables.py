"""The tables that panels offer: of every panel, and with the numbers that the file holds."""

from __future__ import annotations

import numpy as np
import pytest

from app.models.tile_measures import TileFacts
from app.tables.bytes import byte_tables
from app.tables.comparison import comparison_tables
from app.tables.fields import field_tables
from app.tables.frequencies import frequency_tables
from app.tables.problems import problem_tables
from app.tables.steps import step_tables, tile_step_tables
from app.tables.tiles import tile_tables
from app.tables.weights import weight_tables
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.decoders.reference import ReferenceDecoder
from codec.trace import STEP_COLUMNS
from tests.app.conftest import LEGACY

GAUSSIAN = "gaussian10_300x200_t64.batched"
WCDC = "gaussian10_512x384_t256.wcdc"


def columns_of(table):
    """The whole table, a list a column."""
    gathered: dict[str, list[object]] = {name: [] for name in table.columns}
    for part in table.parts():
        assert len({len(values) for values in part}) == 1
        for name, values in zip(table.columns, part, strict=True):
            gathered[name] += values.tolist() if isinstance(values, np.ndarray) else list(values)
    lengths = {len(values) for values in gathered.values()}
    assert len(lengths) == 1
    if table.rows is not None:
        assert lengths == {table.rows}
    return gathered


@pytest.fixture
def document(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(1)
    document.want_tiles((1,), "test")
    settle()
    return document


def test_fields_are_the_whole_tree(document):
    (table,) = field_tables(document)
    found = columns_of(table)
    assert (found["depth"][0], found["offset"][0]) == (0, 0)
    assert found["size"][0] == document.container.source.size
    leaves = [
        size
        for depth, size, after in zip(
            found["depth"], found["size"], [*found["depth"][1:], 0], strict=True
        )
        if after <= depth
    ]
    assert sum(leaves) == document.container.source.size


def test_bytes_are_those_of_the_file(document):
    data = (LEGACY / GAUSSIAN).read_bytes()
    document.select_bytes(4, 9)
    selected, every = byte_tables(document)
    found = columns_of(selected)
    assert bytes(found["byte"]) == data[4:13]
    assert found["offset"] == list(range(4, 13))
    rows = columns_of(every)
    assert bytes.fromhex(" ".join(rows["hex"])) == data
    assert rows["offset"][1] == 16


def test_tiles_are_those_of_the_index(document):
    tensor = document.tensor
    (table,) = tile_tables(TileFacts(tensor, document.report, document.problems))
    found = columns_of(table)
    assert found["offset"] == tensor.tiles["offset"].tolist()
    assert found["size"] == tensor.tiles["size"].tolist()
    assert set(found["status"]) == {"ok"}
    assert not np.isnan(found["entropy_bits_per_symbol"]).any()


def test_the_frequency_table_counts_what_there_is(document):
    (table,) = frequency_tables(document)
    found = columns_of(table)
    assert sum(found["frequency"]) == document.tensor.table.total
    assert sum(found["count_in_tile"]) == document.tensor.symbol_count(1)
    assert found["count_in_tensor"] == document.report.counts.tolist()
    used = [bits for bits, freq in zip(found["bits"], found["frequency"], strict=True) if freq]
    assert np.isfinite(used).all()


def test_steps_are_the_trace(document):
    shown, every = tile_step_tables(document)
    for table in (shown, every):
        found = columns_of(table)
        for name in STEP_COLUMNS:
            assert found[name] == document.trace[name].tolist()
    assert step_tables("Steps", None) == []
    assert tile_step_tables(None) == []


@pytest.mark.parametrize("name", [GAUSSIAN, WCDC])
def test_all_weights_are_what_the_reference_decodes(open_legacy, settle, name):
    document = open_legacy(name)
    document.select_tile(0)
    document.want_tiles((0,), "test")
    settle()
    tensor = document.tensor
    expected = np.load((LEGACY / name).with_suffix(".npy"))
    selected, every = weight_tables(document)
    for table in (selected, every):
        found = {column: np.array(values) for column, values in columns_of(table).items()}
        assert found["sound"].all()
        np.testing.assert_array_equal(found["weight"], expected[found["row"], found["col"]])
        places = [
            tensor.symbol_at(int(tile), int(row), int(col))
            for tile, row, col in zip(found["tile"][:99], found["row"], found["col"], strict=False)
        ]
        assert places == found["symbol_index"][:99].tolist()
    assert len(found["weight"]) == expected.size


def test_tiles_that_cannot_be_decoded_are_marked(open_legacy, settle, tmp_path):
    data = bytearray((LEGACY / GAUSSIAN).read_bytes())
    damaged = tmp_path / "damaged.batched"
    damaged.write_bytes(data[:-40])
    document = open_legacy(damaged)
    settle()
    (every,) = weight_tables(document)
    found = columns_of(every)
    last = len(document.tensor.tiles) - 1
    unsound = {tile for tile, sound in zip(found["tile"], found["sound"], strict=True) if not sound}
    assert unsound == {last}
    (problems,) = problem_tables(document)
    assert columns_of(problems)["code"] == [problem.code for problem in document.problems]


def test_a_comparison_lists_every_weight_that_differs(document, settle, tmp_path):
    weights = np.load((LEGACY / GAUSSIAN).with_suffix(".npy")).copy()
    weights[3, 5] += 1
    weights[200, 100] -= 7
    np.save(tmp_path / "dump.npy", weights)
    assert comparison_tables(document) == []
    document.comparing.use(None, Side(SideKind.DUMP, str(tmp_path / "dump.npy")))
    settle()
    tables = {table.name: table for table in comparison_tables(document)}
    found = columns_of(tables["Differing weights"])
    assert list(zip(found["row"], found["col"], found["error"], strict=True)) == [
        (3, 5, 1),
        (200, 100, -7),
    ]
    sizes = columns_of(tables["Sizes of errors"])
    assert dict(zip(sizes["error"], sizes["weights"], strict=True))[-7] == 1
    assert sum(columns_of(tables["Differing weights of each tile"])["differing"]) == 2
    assert sum(columns_of(tables["Differing weights of each row"])["differing"]) == 2


def test_the_reference_is_what_is_meant():
    """The weights above are judged by a file that the reference decoder agrees with."""
    from codec.formats import open_file

    container = open_file(str(LEGACY / GAUSSIAN))
    decoded = ReferenceDecoder().decode(container, container.tensors[0])
    np.testing.assert_array_equal(decoded.weights, np.load((LEGACY / GAUSSIAN).with_suffix(".npy")))
