"""SE007 and SE008: what the tables of cases cannot say."""

HARD = {"cap_add": ["NET_BIND_SERVICE"], "user": "1000", "security_opt": ["no-new-privileges:true"]}


def test_equal_on_both_sides_is_said_lower(judged):
    (finding,) = (f for f in judged(HARD, HARD).findings if f.rule == "SE007")
    assert (finding.severity, finding.message[:15]) == ("warning", "on both sides: ")


def test_the_settings_concerned_are_named(judged):
    (finding,) = (f for f in judged({}, HARD).findings if f.rule == "SE007")
    names = [place.setting.removeprefix("services.web.") for place in finding.places]
    assert names == ["security_opt", "cap_add", "user"]


def test_the_kernel_may_be_told_where_low_ports_end(judged):
    def rules(first):
        body = {
            "user": "1000",
            "expose": ["80"],
            "sysctls": {"net.ipv4.ip_unprivileged_port_start": first},
        }
        return {f.rule for f in judged({}, body).findings}

    assert "SE008" in rules("1024")
    assert "SE008" not in rules("0")
