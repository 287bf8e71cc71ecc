package io.linuxaio.lucene;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseDocValuesFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's suite for doc values, on {@link AioDirectory}, which the property {@code tests.directory} names. */
public class DocValuesFormatIT extends BaseDocValuesFormatTestCase {
    @Override
    protected Codec getCodec() {
        return TestUtil.getDefaultCodec();
    }
}
