import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** The methods of AdminClient for producers and transactions. */
final class TransactionAnswers {
    private static final TopicPartition PARTITION = new TopicPartition("assigned", 0);
    private final AdminAnswers run;
    private final Admin admin;
    private final Answers answers;

    TransactionAnswers(AdminAnswers run) {
        this.run = run;
        admin = run.admin;
        answers = run.answers;
    }

    private KafkaProducer<String, String> begin(String id) throws Exception {
        Properties properties = new Properties();
        properties.putAll(run.properties);
        properties.put("transactional.id", id);
        KafkaProducer<String, String> producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), "k", "v")).get();
        return producer;
    }

    void print() throws Exception {
        for (String id : List.of("absent", "")) describe("describeTransactions " + id, id);
        KafkaProducer<String, String> committed = begin("committed");
        committed.commitTransaction();
        committed.close();
        KafkaProducer<String, String> open = begin("open");
        // The second transaction has another epoch.
        open.commitTransaction();
        open.beginTransaction();
        open.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), "k", "v")).get();
        describe("describeTransactions committed", "committed");
        describe("describeTransactions open", "open");
        ListTransactionsOptions all = new ListTransactionsOptions();
        list("", all);
        list(" ongoing", new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)));
        list(" long", new ListTransactionsOptions().filterOnDuration(3600000));
        list(" of an absent producer", new ListTransactionsOptions().filterProducerIds(List.of(987654L)));
        list(" by a pattern", new ListTransactionsOptions().filterOnTransactionalIdPattern("o.*"));
        list(" by an invalid pattern", new ListTransactionsOptions().filterOnTransactionalIdPattern("(o"));
        List<ProducerState> producers = Answers.get(admin.describeProducers(List.of(PARTITION)).partitionResult(PARTITION)).activeProducers();
        answers.ask("describeProducers", () -> producers.stream().map(producer -> "sequence " + producer.lastSequence() + " coordinator epoch "
            + Answers.text(producer.coordinatorEpoch()) + " start " + producer.currentTransactionStartOffset()).sorted().toList());
        for (TopicPartition partition : List.of(new TopicPartition("absent", 0), new TopicPartition("orders", 99), new TopicPartition("compacted", 0))) {
            answers.ask("describeProducers " + partition, () -> Answers.get(admin.describeProducers(List.of(partition), new DescribeProducersOptions()
                .timeoutMs(2000)).partitionResult(partition)).activeProducers().size());
        }
        answers.ask("describeProducers of a broker", () -> Answers.get(admin.describeProducers(
            List.of(PARTITION), new DescribeProducersOptions().brokerId(AdminAnswers.NODE)).partitionResult(PARTITION)).activeProducers().size());
        ProducerState state = producers.stream().filter(producer -> producer.currentTransactionStartOffset().isPresent()).findFirst().orElseThrow();
        abort(open, state);
        KafkaProducer<String, String> fenced = begin("fenced");
        FenceProducersResult result = admin.fenceProducers(List.of("fenced", "never"));
        answers.ask("fenceProducers", () -> Answers.get(result.all()));
        answers.ask("fenceProducers of an unused id", () -> "epoch " + Answers.get(result.epochId("never")));
        answers.ask("commit of the fenced producer", () -> {
            fenced.commitTransaction();
            return "committed";
        });
        fenced.close(Duration.ZERO);
        KafkaProducer<String, String> terminated = begin("terminated");
        answers.ask("forceTerminateTransaction", () -> Answers.get(admin.forceTerminateTransaction("terminated").result()));
        answers.ask("forceTerminateTransaction absent", () -> Answers.get(admin.forceTerminateTransaction("absent").result()));
        answers.ask("commit of the terminated producer", () -> {
            terminated.commitTransaction();
            return "committed";
        });
        terminated.close(Duration.ZERO);
        describe("describeTransactions fenced", "fenced");
        describe("describeTransactions terminated", "terminated");
    }

    private void abort(KafkaProducer<String, String> open, ProducerState state) throws Exception {
        short epoch = (short) state.producerEpoch();
        answers.ask("abortTransaction of another partition", () -> Answers.get(admin.abortTransaction(
            new AbortTransactionSpec(new TopicPartition("compacted", 0), state.producerId(), epoch, 0)).all()));
        answers.ask("abortTransaction of an absent partition", () -> Answers.get(admin.abortTransaction(new AbortTransactionSpec(
            new TopicPartition("absent", 0), state.producerId(), epoch, 0), new AbortTransactionOptions().timeoutMs(2000)).all()));
        answers.ask("abortTransaction with an old epoch", () -> Answers.get(admin.abortTransaction(
            new AbortTransactionSpec(PARTITION, state.producerId(), (short) (epoch - 1), 0)).all()));
        answers.ask("abortTransaction", () -> Answers.get(admin.abortTransaction(new AbortTransactionSpec(PARTITION, state.producerId(), epoch, 0)).all()));
        answers.ask("describeProducers after abortTransaction", () -> Answers.get(admin.describeProducers(List.of(PARTITION)).partitionResult(PARTITION))
            .activeProducers().stream().filter(producer -> producer.currentTransactionStartOffset().isPresent()).count());
        open.abortTransaction();
        open.close();
    }

    private void describe(String question, String id) {
        answers.ask(question, () -> {
            TransactionDescription transaction = Answers.get(admin.describeTransactions(List.of(id)).description(id));
            return "coordinator " + transaction.coordinatorId() + " " + transaction.state() + " timeout " + transaction.transactionTimeoutMs()
                + " started " + transaction.transactionStartTimeMs().isPresent() + " " + Answers.text(transaction.topicPartitions());
        });
    }

    private void list(String suffix, ListTransactionsOptions options) {
        answers.ask("listTransactions" + suffix, () -> Answers.get(admin.listTransactions(options).all()).stream()
            .map(listing -> listing.transactionalId() + " " + listing.state()).sorted().toList());
    }
}
