"""A service whose stubs `sotalia stubs` has written: each marked line is an error, and no other is."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import sotalia

if TYPE_CHECKING:
    from sotalia_services.preview import AsyncPreviewClient, OddNamesRequestInput, PreviewClient, ThingOutput

preview = sotalia.client("preview", region_name="eu-west-1")


def calls(client: PreviewClient) -> None:
    same: PreviewClient = preview
    created = same.create_thing(
        Name="a", Size=3, Kind="LARGE", Tags={"team": "data"}, Content=b"x", Due="2026-01-01"
    )
    assert_type(created["Thing"], ThingOutput)
    assert_type(created["Thing"]["Name"], str)
    print(created["Thing"].get("Created"), created["ResponseMetadata"]["HTTPStatusCode"])
    client.create_thing(Name="b", Parts=[{"Name": "c", "Parts": [{"Name": "d"}]}])
    assert_type(client.get_content(Name="a")["Body"].read(), bytes)
    odd: OddNamesRequestInput = {"from": "a", "x-size": 3}
    client.odd_names(**odd)
    client.delete_thing(Name="a")
    for thing in (
        client.get_paginator("list_things").paginate(Prefix="a", PaginationConfig={"MaxItems": 3}).items()
    ):
        assert_type(thing, ThingOutput)
    for page in client.get_paginator("list_things").paginate():
        assert_type(page["Things"], list[ThingOutput])
    client.get_waiter("thing_there").wait(Name="a", WaiterConfig={"Delay": 2})
    try:
        client.with_options(timeout=1).delete_thing(Name="a")
    except client.exceptions.NoSuchThing as error:
        print(error.response["Error"]["Code"])
    print(client.generate_presigned_url("get_content"), client.explain("ListThings").request)
    assert_type(sotalia.client("ec2").explain("DescribeInstances").operation, str)


async def async_calls(client: AsyncPreviewClient) -> None:
    async with sotalia.AsyncSession().client("preview") as same:
        client = same
    assert_type(await (await client.get_content(Name="a"))["Body"].read(), bytes)
    assert_type((await client.create_thing(Name="a"))["Thing"], ThingOutput)
    async for thing in client.get_paginator("list_things").paginate().items():
        assert_type(thing, ThingOutput)
    await client.get_waiter("thing_there").wait(Name="a")
    client.create_thing(Name="a")["Thing"]  # E
    await client.create_thing(Nam="a")  # E


def slips(client: PreviewClient) -> None:
    sotalia.client("previw")  # E
    client.create_thin(Name="a")  # E
    client.create_thing()  # E
    client.create_thing(Name="a", Siz=3)  # E
    client.create_thing(Name="a", Size="3")  # E
    client.create_thing(Name="a", Kind="large")  # E
    client.create_thing(Name="a", Parts=[{"Nam": "c"}])  # E
    client.create_thing(Name="a")["Thin"]  # E
    client.get_paginator("list_thing")  # E
    client.get_paginator("list_things").paginate(Token="a")  # E
    client.get_waiter("thing_here")  # E
    print(client.exceptions.NoSuchThin)  # E
