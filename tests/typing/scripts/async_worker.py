"""A worker that takes messages from a queue."""

from __future__ import annotations

from aiobotocore.session import get_session


async def work(queue: str) -> int:
    async with get_session().create_client("sqs", "eu-west-1") as sqs:
        received = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20)
        done = 0
        for message in received.get("Messages", []):
            await sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            done += 1
        return done
