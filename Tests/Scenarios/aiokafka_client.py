"""aiokafka uses a broker: each codec, groups, transactions and requests of an administrator."""
import asyncio

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from scenario import check

CODECS = [None, "gzip", "snappy", "lz4", "zstd"]
LABEL = f"aiokafka {aiokafka.__version__}"


class Aiokafka:
    def __init__(self, address):
        self.address = address

    async def read(self, topic, count, **more):
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self.address, auto_offset_reset="earliest", **more)
        await consumer.start()
        values = [(await asyncio.wait_for(consumer.getone(), 30)).value for _ in range(count)]
        if "group_id" in more:
            await consumer.commit()
        await consumer.stop()
        return values

    async def codecs(self):
        expected = []
        for codec in CODECS:
            producer = AIOKafkaProducer(bootstrap_servers=self.address, enable_idempotence=True, compression_type=codec)
            await producer.start()
            values = [f"{codec} {number} {'x' * 200}".encode() for number in range(100)]
            for value in values:
                await producer.send("aiokafka", value)
            await producer.stop()
            expected += values
        check(await self.read("aiokafka", len(expected), group_id="aiokafka") == expected,
              f"{LABEL} reads what it wrote, in {len(CODECS)} codecs")

    async def groups(self, admin):
        await admin.create_topics([NewTopic("aiokafka-group", 4, 1)])
        members = [
            AIOKafkaConsumer("aiokafka-group", bootstrap_servers=self.address, group_id="aiokafka-group", heartbeat_interval_ms=200)
            for _ in range(2)]
        for member in members:
            await member.start()

        async def share(expected):
            async with asyncio.timeout(60):
                while [len(member.assignment()) for member in members] != expected:
                    for member in members:
                        await member.getmany(timeout_ms=100)

        await share([2, 2])
        await members.pop().stop()
        await share([4])
        await members.pop().stop()
        check(True, f"two members of {LABEL} share the partitions, and take over")

    async def transactions(self):
        producer = AIOKafkaProducer(bootstrap_servers=self.address, transactional_id="aiokafka")
        await producer.start()
        for number in range(4):
            await producer.begin_transaction()
            await producer.send_and_wait("aiokafka-transactions", str(number).encode())
            await producer.send_offsets_to_transaction({TopicPartition("aiokafka", 0): number}, "aiokafka-offsets")
            if number % 2:
                await producer.abort_transaction()
            else:
                await producer.commit_transaction()
        await producer.begin_transaction()
        await producer.send_and_wait("aiokafka-transactions", b"abandoned")
        successor = AIOKafkaProducer(bootstrap_servers=self.address, transactional_id="aiokafka")
        await successor.start()
        try:
            await producer.commit_transaction()
            check(False, f"{LABEL}: the earlier producer is fenced")
        except aiokafka.errors.KafkaError as error:
            check(True, f"{LABEL}: the earlier producer is fenced: {type(error).__name__}")
        await producer.stop()
        async with successor.transaction():
            await successor.send("aiokafka-transactions", b"last")
        await successor.stop()
        values = await self.read("aiokafka-transactions", 3, isolation_level="read_committed")
        check(values == [b"0", b"2", b"last"], f"{LABEL} reads committed records")

    async def administer(self, admin):
        await admin.create_topics([NewTopic("aiokafka-admin", 1, 1)])
        await admin.create_partitions({"aiokafka-admin": NewPartitions(3)})
        check(len((await admin.describe_topics(["aiokafka-admin"]))[0]["partitions"]) == 3, f"{LABEL} adds partitions")
        resource = ConfigResource(ConfigResourceType.TOPIC, "aiokafka-admin", {"retention.ms": "2000000"})
        await admin.alter_configs([resource])
        described = str(await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "aiokafka-admin")]))
        check("2000000" in described, f"{LABEL} changes a setting")
        offsets = await admin.list_consumer_group_offsets("aiokafka-offsets")
        check(offsets[TopicPartition("aiokafka", 0)].offset == 2, f"{LABEL} reads the offset of the last committed transaction")
        check(("aiokafka", "consumer") in await admin.list_consumer_groups(), f"{LABEL} lists groups")
        await admin.delete_topics(["aiokafka-admin"])

    async def run(self):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address)
        await admin.start()
        await self.codecs()
        await self.groups(admin)
        await self.transactions()
        await self.administer(admin)
        await admin.close()


def run(address):
    asyncio.run(Aiokafka(address).run())
