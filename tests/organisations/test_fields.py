import httpx


async def test_an_address_that_can_not_be_mailed_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/registrations", json={"email": "josé@example.nl"})
    assert answer.status_code == 400
    [fault] = answer.json()["errors"]
    assert "other than ASCII letters before the @" in fault["detail"]
    other = await client.post("/v1/registrations", json={"email": "jose@bücher.example"})
    assert other.status_code == 202
