package io.linuxaio.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.search.ScoreDoc;

/** Documents with vectors, whose quantized forms are searched and whose raw forms re-score. */
final class VectorIndex {
    static final int DIMENSION = 96;
    static final String VECTOR = "vector";
    static final String NUMBER = "number";

    private VectorIndex() {}

    /** Returns a configuration that keeps files outside compound files, so that there are files of raw vectors. */
    static IndexWriterConfig config() {
        Codec codec = Codec.getDefault();
        return new IndexWriterConfig().setUseCompoundFile(false).setCodec(new QuantizedCodec(codec));
    }

    /** A codec whose vectors are quantized. Segments name the default codec, which can read them. */
    private static final class QuantizedCodec extends FilterCodec {
        private final KnnVectorsFormat format = new Lucene104HnswScalarQuantizedVectorsFormat();

        QuantizedCodec(Codec delegate) {
            super(delegate.getName(), delegate);
        }

        @Override
        public KnnVectorsFormat knnVectorsFormat() {
            return new PerFieldKnnVectorsFormat() {
                @Override
                public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return format;
                }
            };
        }
    }

    static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return vector;
    }

    static void add(IndexWriter writer, int number, float[] vector) throws IOException {
        Document document = new Document();
        document.add(new StringField(NUMBER, Integer.toString(number), Field.Store.YES));
        document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(document);
    }

    /** Returns the numbers and scores of the documents that are nearest to a vector, re-scored with the raw vectors. */
    static List<String> search(DirectoryReader reader, float[] vector, int count) throws IOException {
        if (reader.numDocs() == 0) {
            // Re-scoring nothing is refused.
            return List.of();
        }
        IndexSearcher searcher = new IndexSearcher(reader);
        Query near = new KnnFloatVectorQuery(VECTOR, vector, 3 * count);
        Query query = RescoreTopNQuery.createFullPrecisionRescorerQuery(near, vector, VECTOR, count);
        List<String> found = new ArrayList<>();
        for (ScoreDoc hit : searcher.search(query, count).scoreDocs) {
            found.add(searcher.storedFields().document(hit.doc).get(NUMBER) + " " + hit.score);
        }
        return found;
    }
}
