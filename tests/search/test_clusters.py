"""GET /v1/clusters: the counts of cells sum to the total of the same search."""

from __future__ import annotations

import pytest

from geo.cells import cell_centre, cell_resolution, cell_to_parent, point_to_cell
from geo.types import Box
from search.backends.postgis.backend import PostgisBackend
from search.map_cells import MAX_CELLS, cells_within
from tests.contracts.documents import CENTRE, metres_north
from tests.search.offers import CHAIN, deal, place

pytestmark = pytest.mark.django_db
BOX = "24.92,60.169,24.96,60.187"


@pytest.fixture
def get(client):
    def get(status: int = 200, path: str = "clusters", **params):
        response = client.get(f"/v1/{path}", {"bbox": BOX, **params})
        assert response.status_code == status, response.content
        return response.json()

    return get


@pytest.fixture(autouse=True)
def offers():
    PostgisBackend().apply(
        [
            *(place(n, point=metres_north(60 * n), chain_id=CHAIN if n % 3 == 0 else None) for n in range(1, 20)),
            *(deal(n, point=metres_north(60 * n)) for n in range(1, 8)),
        ],
        gone=(),
        version=1,
    )


@pytest.mark.parametrize(
    "filters",
    [{}, {"kind": "deal"}, {"q": "number"}, {"collapse": "chain"}, {"collapse": "chain", "sort": "price"}, {"q": "!"}],
)
@pytest.mark.parametrize("resolution", ["0", "7", "9", "12"])
def test_the_counts_sum_to_the_total_of_the_same_search(get, filters, resolution):
    clusters = get(resolution=resolution, **filters)
    search = get(path="search", **filters)
    assert sum(cell["count"] for cell in clusters["cells"]) == clusters["total"]["value"] == search["total"]["value"]
    assert clusters["total"]["relation"] == "eq"


def test_each_cell_is_where_its_documents_are(get):
    clusters = get(resolution="9", kind="place")
    assert {cell["cell"] for cell in clusters["cells"]} == {
        f"{cell_to_parent(point_to_cell(metres_north(60 * n), 12), 9):x}" for n in range(1, 20)
    }
    for cell in clusters["cells"]:
        centre = cell_centre(int(cell["cell"], 16))
        assert abs(cell["lat"] - centre.lat) < 0.01
        assert "boundary" not in cell


def test_a_zoom_chooses_the_resolution_and_an_outline_may_be_asked_for(get):
    clusters = get(zoom="15", boundary="true")
    assert clusters["resolution"] == cell_resolution(int(clusters["cells"][0]["cell"], 16)) == 10
    ring = clusters["cells"][0]["boundary"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert len(ring) == 7
    assert get(zoom="22")["resolution"] == 12


def test_it_is_one_statement(get, django_assert_num_queries):
    with django_assert_num_queries(1):
        get(resolution="9")


@pytest.mark.parametrize(
    ("params", "parameter", "code"),
    [
        ({}, "resolution", "invalid_parameter"),
        ({"resolution": "9", "zoom": "3"}, "resolution", "invalid_parameter"),
        ({"resolution": "13"}, "resolution", "invalid_parameter"),
        ({"resolution": "12", "bbox": "-180,-90,180,89"}, "resolution", "too_many_cells"),
        ({"zoom": "22", "bbox": "170,-10,-170,10"}, "zoom", "too_many_cells"),
        ({"zoom": "nan"}, "zoom", "invalid_parameter"),
        ({"resolution": "9", "limit": "5"}, "limit", "unknown_parameter"),
        ({"resolution": "9", "boundary": "yes"}, "boundary", "invalid_parameter"),
    ],
)
def test_mistakes_are_refused(get, params, parameter, code):
    answer = get(400, **params)
    assert (answer["parameter"], answer["code"]) == (parameter, code)


def test_a_viewport_is_required(client):
    answer = client.get("/v1/clusters", {"lat": "60", "lon": "24", "resolution": "9"}).json()
    assert (answer["parameter"], answer["code"]) == ("bbox", "invalid_parameter")


def test_the_estimate_of_cells_is_that_of_the_sphere():
    assert cells_within(Box(-180.0, -90.0, 180.0, 90.0), 0) == 122
    assert cells_within(Box(170.0, -90.0, -170.0, 90.0), 3) == round((2 + 120 * 343) / 18)
    assert cells_within(Box(CENTRE.lon, 60.0, CENTRE.lon + 0.1, 60.05), 9) < MAX_CELLS
