"""The cache: a copy at most, never needed for a right answer."""

from typing import Any

from seeded import MANY
from waiting import until

PATH = "/products?q=seed+kettle"


def listed(shop: Any) -> int:
    """The stock of the kettle as the list shows it."""
    return int(next(item for item in shop.get(PATH).body["items"] if item["id"] == MANY)["stock"])


def test_a_list_may_be_old_but_a_product_is_not(shop, buy, stock):
    assert listed(shop) == 1000
    buy((MANY, 100))
    assert (listed(shop), stock(MANY)) == (1000, 900)


def test_a_list_is_made_anew_when_it_is_out_of_date(shop, buy, cache):
    assert listed(shop) == 1000
    buy((MANY, 100))
    for key in cache.held():
        cache.expire(key)
    assert listed(shop) == 900


def test_searches_do_not_get_each_others_pages(shop):
    pages = [shop.get(path).body for path in ("/products", "/products?page=2", PATH, "/products")]
    assert pages[0] == pages[3]
    assert len({str(page) for page in pages}) == 3


def test_capitals_and_spaces_make_no_other_search(shop, cache):
    assert shop.get(PATH).body == shop.get("/products?q=+Seed++KETTLE").body
    assert len(cache.held()) == 1


def test_an_order_is_never_cached(shop, buy, cache):
    order = buy((MANY, 1)).body["id"]
    shop.get(f"/orders/{order}")
    shop.get(f"/products/{MANY}")
    assert cache.held() == []


def test_without_a_cache_the_shop_sells_and_says_what_is_missing(shop, buy, parity_services):
    cache = parity_services["cache"].container.get_wrapped_container()
    cache.kill()
    assert listed(shop) == 1000
    assert buy((MANY, 1)).status == 201
    assert listed(shop) == 999
    health = shop.get("/health")
    assert (health.status, health.body["checks"]["cache"]) == (503, "failed")
    cache.start()
    until(lambda: shop.get("/health").status == 200)


def test_nonsense_in_the_cache_is_no_answer(shop, cache):
    listed(shop)
    for key in cache.held():
        cache.put(key, "{not json")
    assert listed(shop) == 1000
