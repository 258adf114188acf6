extension TopicSetting {
    /// What the setting means, for DescribeConfigs.
    var documentation: String { Self.documentation[name] ?? "" }

    private static let noEffect = "It has no effect in the development broker."

    private static let documentation = [
        "cleanup.policy": "How old records are removed: `delete` removes segments that retention.ms and retention.bytes do not keep, "
            + "`compact` keeps the last record of each key. Both can be given; an empty list keeps everything.",
        "compression.gzip.level": "The compression level if compression.type is gzip.",
        "compression.lz4.level": "The compression level if compression.type is lz4.",
        "compression.type": "The codec in which batches are stored: gzip, snappy, lz4, zstd, uncompressed, or that of the producer.",
        "compression.zstd.level": "The compression level if compression.type is zstd.",
        "delete.retention.ms": "How long compaction keeps tombstones, and the markers of transactions without records, in milliseconds.",
        "file.delete.delay.ms": "How long the files of deleted segments are kept, in milliseconds. \(noEffect)",
        "flush.messages": "After how many records the log is synchronized with the disk.",
        "flush.ms": "After how many milliseconds the log is synchronized with the disk.",
        "follower.replication.throttled.replicas": "The followers whose replication is throttled. \(noEffect)",
        "index.interval.bytes": "After how many bytes of records an entry is added to the indexes.",
        "leader.replication.throttled.replicas": "The leaders whose replication is throttled. \(noEffect)",
        "local.retention.bytes": "The retention by size of local segments, with remote storage. \(noEffect)",
        "local.retention.ms": "The retention by time of local segments, with remote storage. \(noEffect)",
        "max.compaction.lag.ms": "After how many milliseconds a record must have been considered by compaction.",
        "max.message.bytes": "The largest size of a batch in bytes.",
        "message.timestamp.after.max.ms": "By how many milliseconds the timestamp of a record may be later than the broker's time.",
        "message.timestamp.before.max.ms": "By how many milliseconds the timestamp of a record may be earlier than the broker's time.",
        "message.timestamp.type": "Whose timestamps records have: the producer's (CreateTime) or the broker's (LogAppendTime).",
        "min.cleanable.dirty.ratio": "Which part of a log must not have been compacted yet for it to be compacted again, from 0 to 1.",
        "min.compaction.lag.ms": "For how many milliseconds at least a record is not compacted.",
        "min.insync.replicas": "How many replicas must have a record for acks=all. \(noEffect)",
        "preallocate": "Whether the files of new segments are allocated before they are written. \(noEffect)",
        "remote.log.copy.disable": "Whether nothing more is copied to remote storage. \(noEffect)",
        "remote.log.delete.on.disable": "Whether remote storage is emptied when it is disabled. \(noEffect)",
        "remote.storage.enable": "Whether segments are copied to remote storage, which does not exist here.",
        "retention.bytes": "The retention by size: the bytes from which on the oldest segments of a partition are deleted; -1: without a limit.",
        "retention.ms": "The retention by time: how long records are kept at least, in milliseconds, if cleanup.policy has delete; -1: without "
            + "a limit. Segments are deleted as a whole.",
        "segment.bytes": "The largest size of a segment in bytes.",
        "segment.index.bytes": "The largest size of a segment's indexes in bytes.",
        "segment.jitter.ms": "By how many milliseconds at most the end of a segment's time is varied. \(noEffect)",
        "segment.ms": "After how many milliseconds a segment is closed and another one begun.",
        "unclean.leader.election.enable": "Whether a replica that is not in sync may become the leader. \(noEffect)",
    ]
}
