# The mock (the default), and the suite: docker build --target contract
FROM python:3.13-slim AS wheel
WORKDIR /project
COPY pyproject.toml README.md LICENSE ./
COPY deals_spec deals_spec
COPY mock_server mock_server
COPY contract_tests contract_tests
COPY deals_docs deals_docs
COPY openapi openapi
COPY fixtures fixtures
RUN pip wheel --no-cache-dir --no-deps --wheel-dir dist .

FROM python:3.13-slim AS installed
WORKDIR /deals
COPY --from=wheel /project/dist dist
RUN pip install --no-cache-dir dist/*.whl \
    && useradd --uid 10001 deals \
    && install --directory --owner deals /state /deals/report

FROM installed AS contract
RUN pip install --no-cache-dir "$(echo dist/*.whl)[contract]"
USER 10001
ENTRYPOINT ["deals-contract"]

FROM installed
USER 10001
VOLUME /state
EXPOSE 4010
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4010/__admin/health')"]
# Set DEALS_MOCK_ADMIN_KEY to control the mock; else it makes a key and prints it.
ENTRYPOINT ["deals-mock", "--host", "0.0.0.0"]
