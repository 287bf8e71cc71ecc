package io.linuxaio.lucene;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's suite for vectors, on {@link AioDirectory}, which the property {@code tests.directory} names. */
public class VectorsFormatIT extends BaseKnnVectorsFormatTestCase {
    @Override
    protected Codec getCodec() {
        return TestUtil.getDefaultCodec();
    }

    @Override
    protected boolean supportsFloatVectorFallback() {
        return false;
    }
}
