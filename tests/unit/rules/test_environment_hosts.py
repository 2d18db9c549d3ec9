"""More on EN016 to EN020 than their tables say."""


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


def shop(web, **others):
    return {"services": {"web": {"image": "shop/web:1", **web}, **others}}


DB = {"image": "postgres:15"}


def test_the_finding_names_the_container_that_was_meant(judged):
    wrong = shop({"environment": {"PGHOST": "127.0.0.1"}}, store=DB)
    right = shop({"environment": {"PGHOST": "store"}}, store=DB)
    (finding,) = said(judged(wrong, right), "EN016")
    assert finding.message.startswith("in local: ")
    assert "`store`" in finding.message
    assert [place.setting for place in finding.places] == [
        "services.web.environment.PGHOST",
        "services.store.image.repository",
    ]


def test_a_service_that_is_missing_is_told_once_with_who_asks_for_it(judged):
    local = shop({"environment": {"SEARCH_URL": "http://search:9200"}}, search={"image": "x/y:1"})
    report = judged(local, shop({"environment": {"SEARCH_URL": "http://search:9200"}}))
    (finding,) = said(report, "EN019")
    assert [place.setting for place in finding.places] == [
        "services.web.environment.SEARCH_URL",
        "services.search",
    ]
    assert said(report, "DF001") == []


def test_a_missing_service_is_named_under_the_right_sides_name(judged):
    local = {"services": {"app": {"image": "shop/web:1", "environment": {"CACHE_HOST": "cache"}}}}
    right = shop({"environment": {"CACHE_HOST": "cache"}}, cache={"image": "redis:7"})
    (finding,) = said(judged(local, right), "EN019")
    assert finding.setting == "services.web.environment.CACHE_HOST"


def test_another_notation_may_know_the_host_from_elsewhere(judged):
    local = shop({"environment": {"CACHE_HOST": "cache"}}, cache={"image": "redis:7"})
    right = {**shop({"environment": {"CACHE_HOST": "cache"}}), "source": "kubernetes"}
    assert [f.severity.value for f in said(judged(local, right), "EN019")] == ["warning"]


def test_no_proxy_knows_suffixes(judged):
    def proxied(spared):
        return shop(
            {
                "environment": {
                    "API_URL": "http://api:80",
                    "HTTPS_PROXY": "http://proxy.example:3128",
                    "no_proxy": spared,
                },
                "networks": {"default": {"aliases": ["web.shop.internal"]}},
            },
            api={"image": "x:1"},
        )

    assert said(judged(shop({}), proxied("localhost")), "EN020")
    for spared in ("api", " api , x", "*", "*.internal,api"):
        assert said(judged(shop({}), proxied(spared)), "EN020") == []
