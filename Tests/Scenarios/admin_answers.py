#!/usr/bin/python3
"""Kafka's AdminClient gets the same answers from the development broker as from Apache Kafka 4.3, apart from DIFFERENCES.

A Java program (java/AdminAnswers.java) calls each method, with what succeeds and what is refused, and prints the answers. Skipped, with a
message, without the systems for comparisons (../shared/peers) and Java 17.
"""
import re
import sys

import java
from scenario import Broker, Scratch, check

# Questions with other answers, and why. docs/development-broker.md says what is not supported.
DIFFERENCES = {
    r"describeConfigs (CLIENT_METRICS|GROUP) .*": "only topics and the broker have settings",
    r"incrementalAlterConfigs (brokers?|logger|group|metrics)\b(?! unknown id).*": "only topics and existing loggers can be changed",
    r"listConfigResources( GROUP| CLIENT_METRICS)?": "only topics and nodes have settings",
    r"describeFeatures": "the features of share groups, Streams, quorums and replicas are absent",
    r"unregisterBroker|(add|remove)RaftVoter": "nodes are neither registered nor voters on request",
    r"\w+ShareGroup\w* .*|describeStreamsGroups .*": "there are no share groups or groups of Streams",
    r"\w+DelegationToken": "there are no delegation tokens",
}


def answers(output):
    """The lines of each question."""
    result = {}
    for line in output.splitlines():
        question, _, answer = line.partition(": ")
        result.setdefault(question, []).append(answer)
    return result


def compare(kafka, broker):
    """The questions that are answered otherwise, and the regular expressions that none of them matches."""
    unexpected, used = [], set()
    for question in [*kafka, *(question for question in broker if question not in kafka)]:
        expected, found = kafka.get(question, []), broker.get(question, [])
        if expected == found:
            continue
        reason = next((pattern for pattern in DIFFERENCES if re.fullmatch(pattern, question)), None)
        if reason:
            used.add(reason)
            continue
        unexpected.append(question)
        for name, lines, others in (("Kafka", expected, found), ("the broker", found, expected)):
            for line in lines:
                if line not in others:
                    print(f"{question}: {name}: {line}")
    return unexpected, [pattern for pattern in DIFFERENCES if pattern not in used]


def main():
    if not java.is_available():
        print("skipped: admin_answers needs ../shared/peers and Java 17")
        return
    with Scratch() as scratch:
        programs = java.JavaPrograms(
            scratch.folder, "4.3.1", "Answers", "AdminAnswers", "GroupAnswers", "TransactionAnswers", "SecurityAnswers")
        kafka = scratch.keep(java.Kafka(scratch.folder, "group.consumer.min.heartbeat.interval.ms=200"))
        broker = scratch.keep(Broker(scratch.folder))
        outputs = []
        for name, system in (("kafka", kafka), ("broker", broker)):
            properties = scratch.folder / f"{name}.properties"
            properties.write_text(f"bootstrap.servers={system.address}\n")
            outputs.append(programs.run("AdminAnswers", properties))
            (scratch.folder / f"{name}.txt").write_text(outputs[-1])
        kafka_answers, broker_answers = map(answers, outputs)
        unexpected, unused = compare(kafka_answers, broker_answers)
        check(not unused, f"each documented difference exists {unused or ''}")
        check(not unexpected, f"{len(kafka_answers)} questions are answered as documented {unexpected or ''}")


if __name__ == "__main__":
    sys.exit(main())
