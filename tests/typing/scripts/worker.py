"""A worker that takes messages from a queue."""

from __future__ import annotations

import boto3

session = boto3.Session(region_name="eu-west-1")
sqs = session.client("sqs")


def work(queue: str) -> int:
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20)
    done = 0
    for message in received.get("Messages", []):
        print(message.get("Body"))
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        done += 1
    return done


def send(queue: str, texts: list[str]) -> list[str]:
    entries = [{"Id": str(number), "MessageBody": text} for number, text in enumerate(texts)]
    sent = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    return [failed["Id"] for failed in sent["Failed"]]


def waiting(queue: str) -> int:
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def by_resource(name: str) -> None:
    queue = boto3.resource("sqs").get_queue_by_name(QueueName=name)
    for message in queue.receive_messages(WaitTimeSeconds=1):
        print(message.body)
        message.delete()
