/* The part of the C driver's interface that the fake driver exports.
 *
 * Same names, same signatures, same numbers as the driver's own header; enums are declared as
 * integers of their size, so that codes outside the lists can be used too. */
#ifndef FAKE_CASSANDRA_API_H
#define FAKE_CASSANDRA_API_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint32_t cass_bool_t;
typedef uint32_t CassError;
typedef uint32_t CassConsistency;
typedef uint32_t CassWriteType;
typedef uint32_t CassValueType;
typedef uint32_t CassLogLevel;
typedef uint32_t CassBatchType;

enum {
    CASS_FALSE = 0,
    CASS_TRUE = 1,
};

#define LIB(code) (0x01000000u | (code))
#define SERVER(code) (0x02000000u | (code))
#define TLS(code) (0x03000000u | (code))

enum {
    CASS_OK = 0,
    LIB_BAD_PARAMS = LIB(1),
    LIB_HOST_RESOLUTION = LIB(5),
    LIB_UNEXPECTED_RESPONSE = LIB(6),
    LIB_REQUEST_QUEUE_FULL = LIB(7),
    LIB_NO_HOSTS_AVAILABLE = LIB(10),
    LIB_INDEX_OUT_OF_BOUNDS = LIB(11),
    LIB_INVALID_VALUE_TYPE = LIB(13),
    LIB_REQUEST_TIMED_OUT = LIB(14),
    LIB_UNABLE_TO_SET_KEYSPACE = LIB(15),
    LIB_CALLBACK_ALREADY_SET = LIB(16),
    LIB_NULL_VALUE = LIB(20),
    LIB_UNABLE_TO_CONNECT = LIB(22),
    LIB_UNABLE_TO_CLOSE = LIB(23),
    LIB_NO_PAGING_STATE = LIB(24),
    LIB_PARAMETER_UNSET = LIB(25),
    LIB_INVALID_ERROR_RESULT_TYPE = LIB(26),
    LIB_INVALID_FUTURE_TYPE = LIB(27),
    LIB_NO_CUSTOM_PAYLOAD = LIB(33),
    LIB_NO_TRACING_ID = LIB(35),
    SERVER_PROTOCOL_ERROR = SERVER(0x000A),
    SERVER_BAD_CREDENTIALS = SERVER(0x0100),
    SERVER_UNAVAILABLE = SERVER(0x1000),
    SERVER_WRITE_TIMEOUT = SERVER(0x1100),
    SERVER_READ_TIMEOUT = SERVER(0x1200),
    SERVER_READ_FAILURE = SERVER(0x1300),
    SERVER_FUNCTION_FAILURE = SERVER(0x1400),
    SERVER_WRITE_FAILURE = SERVER(0x1500),
    SERVER_SYNTAX_ERROR = SERVER(0x2000),
    SERVER_INVALID_QUERY = SERVER(0x2200),
    SERVER_ALREADY_EXISTS = SERVER(0x2400),
};

enum {
    CONSISTENCY_UNKNOWN = 0xFFFF,
    CONSISTENCY_QUORUM = 0x0004,
};

enum {
    WRITE_TYPE_UNKNOWN = 0,
    WRITE_TYPE_SIMPLE = 1,
};

enum {
    VALUE_TYPE_UNKNOWN = 0xFFFF,
    VALUE_TYPE_CUSTOM = 0x0000,
    VALUE_TYPE_ASCII = 0x0001,
    VALUE_TYPE_BIGINT = 0x0002,
    VALUE_TYPE_BLOB = 0x0003,
    VALUE_TYPE_BOOLEAN = 0x0004,
    VALUE_TYPE_DOUBLE = 0x0007,
    VALUE_TYPE_FLOAT = 0x0008,
    VALUE_TYPE_INT = 0x0009,
    VALUE_TYPE_TIMESTAMP = 0x000B,
    VALUE_TYPE_UUID = 0x000C,
    VALUE_TYPE_VARCHAR = 0x000D,
    VALUE_TYPE_TIMEUUID = 0x000F,
    VALUE_TYPE_INET = 0x0010,
    VALUE_TYPE_DATE = 0x0011,
    VALUE_TYPE_SMALL_INT = 0x0013,
    VALUE_TYPE_TINY_INT = 0x0014,
};

enum {
    LOG_DISABLED = 0,
    LOG_WARN = 3,
    LOG_INFO = 4,
    LOG_DEBUG = 5,
};

typedef struct {
    uint8_t address[16];
    uint8_t address_length;
} CassInet;

typedef struct {
    uint64_t time_and_version;
    uint64_t clock_seq_and_node;
} CassUuid;

typedef struct {
    uint64_t time_ms;
    CassLogLevel severity;
    const char *file;
    int line;
    const char *function;
    char message[1024];
} CassLogMessage;

typedef struct {
    struct {
        uint64_t min, max, mean, stddev, median, percentile_75th, percentile_95th, percentile_98th,
            percentile_99th, percentile_999th;
        double mean_rate, one_minute_rate, five_minute_rate, fifteen_minute_rate;
    } requests;
    struct {
        uint64_t total_connections, available_connections, exceeded_pending_requests_water_mark,
            exceeded_write_bytes_water_mark;
    } stats;
    struct {
        uint64_t connection_timeouts, pending_request_timeouts, request_timeouts;
    } errors;
    /* Only newer drivers have these. */
    struct {
        uint64_t graceful_disconnects;
    } events;
} CassMetrics;

typedef struct {
    uint64_t min, max, mean, stddev, median, percentile_75th, percentile_95th, percentile_98th,
        percentile_99th, percentile_999th, count;
    double percentage;
} CassSpeculativeExecutionMetrics;

typedef struct CassCluster CassCluster;
typedef struct CassSession CassSession;
typedef struct CassFuture CassFuture;
typedef struct CassStatement CassStatement;
typedef struct CassBatch CassBatch;
typedef struct CassCustomPayload CassCustomPayload;
typedef struct CassPrepared CassPrepared;
typedef struct CassResult CassResult;
typedef struct CassErrorResult CassErrorResult;
typedef struct CassIterator CassIterator;
typedef struct CassRow CassRow;
typedef struct CassValue CassValue;
typedef struct CassDataType CassDataType;
typedef struct CassExecProfile CassExecProfile;
typedef struct CassRetryPolicy CassRetryPolicy;
typedef struct CassTimestampGen CassTimestampGen;

typedef void (*CassFutureCallback)(CassFuture *future, void *data);
typedef void (*CassLogCallback)(const CassLogMessage *message, void *data);

/* cluster.c */
EXPORT CassCluster *cass_cluster_new(void);
EXPORT void cass_cluster_free(CassCluster *cluster);
EXPORT CassError cass_cluster_set_contact_points(CassCluster *cluster, const char *contact_points);
EXPORT CassError cass_cluster_set_contact_points_n(CassCluster *cluster, const char *contact_points,
                                                   size_t contact_points_length);
EXPORT CassError cass_cluster_set_port(CassCluster *cluster, int port);
EXPORT CassError cass_cluster_set_protocol_version(CassCluster *cluster, int protocol_version);
EXPORT CassError cass_cluster_set_consistency(CassCluster *cluster, CassConsistency consistency);
EXPORT CassError cass_cluster_set_serial_consistency(CassCluster *cluster,
                                                     CassConsistency consistency);
EXPORT CassError cass_cluster_set_num_threads_io(CassCluster *cluster, unsigned num_threads);
EXPORT CassError cass_cluster_set_queue_size_io(CassCluster *cluster, unsigned queue_size);
EXPORT CassError cass_cluster_set_core_connections_per_host(CassCluster *cluster,
                                                            unsigned num_connections);
EXPORT CassError cass_cluster_set_coalesce_delay(CassCluster *cluster, int64_t delay_us);
EXPORT void cass_cluster_set_constant_reconnect(CassCluster *cluster, uint64_t delay_ms);
EXPORT void cass_cluster_set_connect_timeout(CassCluster *cluster, unsigned timeout_ms);
EXPORT void cass_cluster_set_request_timeout(CassCluster *cluster, unsigned timeout_ms);
EXPORT void cass_cluster_set_resolve_timeout(CassCluster *cluster, unsigned timeout_ms);
EXPORT void cass_cluster_set_credentials(CassCluster *cluster, const char *username,
                                         const char *password);
EXPORT void cass_cluster_set_credentials_n(CassCluster *cluster, const char *username,
                                           size_t username_length, const char *password,
                                           size_t password_length);
EXPORT void cass_cluster_set_use_schema(CassCluster *cluster, cass_bool_t enabled);
EXPORT void cass_cluster_set_application_name(CassCluster *cluster, const char *application_name);
EXPORT void cass_cluster_set_application_name_n(CassCluster *cluster, const char *application_name,
                                                size_t application_name_length);

/* session.c */
EXPORT CassSession *cass_session_new(void);
EXPORT void cass_session_free(CassSession *session);
EXPORT CassFuture *cass_session_connect(CassSession *session, const CassCluster *cluster);
EXPORT CassFuture *cass_session_connect_keyspace(CassSession *session, const CassCluster *cluster,
                                                 const char *keyspace);
EXPORT CassFuture *cass_session_connect_keyspace_n(CassSession *session, const CassCluster *cluster,
                                                   const char *keyspace, size_t keyspace_length);
EXPORT CassFuture *cass_session_close(CassSession *session);
EXPORT CassFuture *cass_session_prepare(CassSession *session, const char *query);
EXPORT CassFuture *cass_session_prepare_n(CassSession *session, const char *query,
                                          size_t query_length);
EXPORT CassFuture *cass_session_execute(CassSession *session, const CassStatement *statement);
EXPORT CassFuture *cass_session_execute_batch(CassSession *session, const CassBatch *batch);

/* metrics.c */
EXPORT void cass_session_get_metrics(const CassSession *session, CassMetrics *output);
EXPORT void cass_session_get_speculative_execution_metrics(const CassSession *session,
                                                           CassSpeculativeExecutionMetrics *output);

/* future.c */
EXPORT void cass_future_free(CassFuture *future);
EXPORT CassError cass_future_set_callback(CassFuture *future, CassFutureCallback callback,
                                          void *data);
EXPORT cass_bool_t cass_future_ready(CassFuture *future);
EXPORT void cass_future_wait(CassFuture *future);
EXPORT cass_bool_t cass_future_wait_timed(CassFuture *future, uint64_t timeout_us);
EXPORT const CassResult *cass_future_get_result(CassFuture *future);
EXPORT const CassErrorResult *cass_future_get_error_result(CassFuture *future);
EXPORT const CassPrepared *cass_future_get_prepared(CassFuture *future);
EXPORT CassError cass_future_error_code(CassFuture *future);
EXPORT void cass_future_error_message(CassFuture *future, const char **message,
                                      size_t *message_length);
EXPORT CassError cass_future_tracing_id(CassFuture *future, CassUuid *tracing_id);
EXPORT size_t cass_future_custom_payload_item_count(CassFuture *future);
EXPORT CassError cass_future_custom_payload_item(CassFuture *future, size_t index,
                                                 const char **name, size_t *name_length,
                                                 const uint8_t **value, size_t *value_size);

/* statement.c */
EXPORT CassStatement *cass_statement_new(const char *query, size_t parameter_count);
EXPORT CassStatement *cass_statement_new_n(const char *query, size_t query_length,
                                           size_t parameter_count);
EXPORT void cass_statement_free(CassStatement *statement);
EXPORT CassError cass_statement_set_consistency(CassStatement *statement,
                                                CassConsistency consistency);
EXPORT CassError cass_statement_set_serial_consistency(CassStatement *statement,
                                                       CassConsistency serial_consistency);
EXPORT CassError cass_statement_set_paging_size(CassStatement *statement, int page_size);
EXPORT CassError cass_statement_set_paging_state_token(CassStatement *statement,
                                                       const char *paging_state,
                                                       size_t paging_state_size);
EXPORT CassError cass_statement_set_timestamp(CassStatement *statement, int64_t timestamp);
EXPORT CassError cass_statement_set_request_timeout(CassStatement *statement, uint64_t timeout_ms);
EXPORT CassError cass_statement_set_is_idempotent(CassStatement *statement,
                                                  cass_bool_t is_idempotent);
EXPORT CassError cass_statement_set_tracing(CassStatement *statement, cass_bool_t enabled);
EXPORT CassError cass_statement_set_custom_payload(CassStatement *statement,
                                                   const CassCustomPayload *payload);
EXPORT CassError cass_statement_bind_null(CassStatement *statement, size_t index);
EXPORT CassError cass_statement_bind_int8(CassStatement *statement, size_t index, int8_t value);
EXPORT CassError cass_statement_bind_int16(CassStatement *statement, size_t index, int16_t value);
EXPORT CassError cass_statement_bind_int32(CassStatement *statement, size_t index, int32_t value);
EXPORT CassError cass_statement_bind_uint32(CassStatement *statement, size_t index,
                                            uint32_t value);
EXPORT CassError cass_statement_bind_int64(CassStatement *statement, size_t index, int64_t value);
EXPORT CassError cass_statement_bind_float(CassStatement *statement, size_t index, float value);
EXPORT CassError cass_statement_bind_double(CassStatement *statement, size_t index, double value);
EXPORT CassError cass_statement_bind_bool(CassStatement *statement, size_t index,
                                          cass_bool_t value);
EXPORT CassError cass_statement_bind_string(CassStatement *statement, size_t index,
                                            const char *value);
EXPORT CassError cass_statement_bind_string_n(CassStatement *statement, size_t index,
                                              const char *value, size_t value_length);
EXPORT CassError cass_statement_bind_bytes(CassStatement *statement, size_t index,
                                           const uint8_t *value, size_t value_size);
EXPORT CassError cass_statement_bind_uuid(CassStatement *statement, size_t index, CassUuid value);
EXPORT CassError cass_statement_bind_inet(CassStatement *statement, size_t index, CassInet value);

/* batch.c */
EXPORT CassBatch *cass_batch_new(CassBatchType type);
EXPORT void cass_batch_free(CassBatch *batch);
EXPORT CassError cass_batch_add_statement(CassBatch *batch, CassStatement *statement);
EXPORT CassError cass_batch_set_consistency(CassBatch *batch, CassConsistency consistency);
EXPORT CassError cass_batch_set_serial_consistency(CassBatch *batch,
                                                   CassConsistency serial_consistency);
EXPORT CassError cass_batch_set_timestamp(CassBatch *batch, int64_t timestamp);
EXPORT CassError cass_batch_set_request_timeout(CassBatch *batch, uint64_t timeout_ms);
EXPORT CassError cass_batch_set_is_idempotent(CassBatch *batch, cass_bool_t is_idempotent);
EXPORT CassError cass_batch_set_tracing(CassBatch *batch, cass_bool_t enabled);
EXPORT CassError cass_batch_set_custom_payload(CassBatch *batch, const CassCustomPayload *payload);

/* payload.c */
EXPORT CassCustomPayload *cass_custom_payload_new(void);
EXPORT void cass_custom_payload_free(CassCustomPayload *payload);
EXPORT void cass_custom_payload_set_n(CassCustomPayload *payload, const char *name,
                                      size_t name_length, const uint8_t *value, size_t value_size);

/* prepared.c */
EXPORT void cass_prepared_free(const CassPrepared *prepared);
EXPORT CassStatement *cass_prepared_bind(const CassPrepared *prepared);
EXPORT CassError cass_prepared_parameter_name(const CassPrepared *prepared, size_t index,
                                              const char **name, size_t *name_length);
EXPORT const CassDataType *cass_prepared_parameter_data_type(const CassPrepared *prepared,
                                                             size_t index);

/* data_type.c */
EXPORT CassValueType cass_data_type_type(const CassDataType *data_type);
EXPORT cass_bool_t cass_data_type_is_frozen(const CassDataType *data_type);
EXPORT CassError cass_data_type_type_name(const CassDataType *data_type, const char **type_name,
                                          size_t *type_name_length);
EXPORT CassError cass_data_type_keyspace(const CassDataType *data_type, const char **keyspace,
                                         size_t *keyspace_length);
EXPORT CassError cass_data_type_class_name(const CassDataType *data_type, const char **class_name,
                                           size_t *class_name_length);
EXPORT size_t cass_data_type_sub_type_count(const CassDataType *data_type);
EXPORT const CassDataType *cass_data_type_sub_data_type(const CassDataType *data_type,
                                                        size_t index);
EXPORT CassError cass_data_type_sub_type_name(const CassDataType *data_type, size_t index,
                                              const char **name, size_t *name_length);

/* result.c */
EXPORT void cass_result_free(const CassResult *result);
EXPORT size_t cass_result_row_count(const CassResult *result);
EXPORT const CassRow *cass_result_first_row(const CassResult *result);
EXPORT size_t cass_result_column_count(const CassResult *result);
EXPORT CassError cass_result_column_name(const CassResult *result, size_t index, const char **name,
                                         size_t *name_length);
EXPORT const CassDataType *cass_result_column_data_type(const CassResult *result, size_t index);
EXPORT cass_bool_t cass_result_has_more_pages(const CassResult *result);
EXPORT CassError cass_result_paging_state_token(const CassResult *result, const char **paging_state,
                                                size_t *paging_state_size);

/* iterator.c */
EXPORT CassIterator *cass_iterator_from_result(const CassResult *result);
EXPORT cass_bool_t cass_iterator_next(CassIterator *iterator);
EXPORT const CassRow *cass_iterator_get_row(const CassIterator *iterator);
EXPORT void cass_iterator_free(CassIterator *iterator);
EXPORT const CassValue *cass_row_get_column(const CassRow *row, size_t index);
EXPORT CassError cass_value_get_bytes(const CassValue *value, const uint8_t **output,
                                      size_t *output_size);
EXPORT cass_bool_t cass_value_is_null(const CassValue *value);
EXPORT size_t cass_value_item_count(const CassValue *value);

/* error.c */
EXPORT void cass_error_result_free(const CassErrorResult *error_result);
EXPORT CassError cass_error_result_code(const CassErrorResult *error_result);
EXPORT CassConsistency cass_error_result_consistency(const CassErrorResult *error_result);
EXPORT int32_t cass_error_result_responses_received(const CassErrorResult *error_result);
EXPORT int32_t cass_error_result_responses_required(const CassErrorResult *error_result);
EXPORT int32_t cass_error_result_num_failures(const CassErrorResult *error_result);
EXPORT cass_bool_t cass_error_result_data_present(const CassErrorResult *error_result);
EXPORT CassWriteType cass_error_result_write_type(const CassErrorResult *error_result);
EXPORT CassError cass_error_result_keyspace(const CassErrorResult *error_result,
                                            const char **keyspace, size_t *keyspace_length);
EXPORT CassError cass_error_result_table(const CassErrorResult *error_result, const char **table,
                                         size_t *table_length);
EXPORT CassError cass_error_result_function(const CassErrorResult *error_result,
                                            const char **function, size_t *function_length);

/* settings.c */
EXPORT CassExecProfile *cass_execution_profile_new(void);
EXPORT void cass_execution_profile_free(CassExecProfile *profile);
EXPORT CassError cass_cluster_set_use_randomized_contact_points(CassCluster *cluster,
                                                                cass_bool_t enabled);
EXPORT void cass_cluster_set_connection_heartbeat_interval(CassCluster *cluster,
                                                           unsigned interval_secs);
EXPORT void cass_cluster_set_connection_idle_timeout(CassCluster *cluster, unsigned timeout_secs);
EXPORT void cass_cluster_set_tcp_nodelay(CassCluster *cluster, cass_bool_t enabled);
EXPORT void cass_cluster_set_tcp_keepalive(CassCluster *cluster, cass_bool_t enabled,
                                           unsigned delay_secs);
EXPORT CassError cass_cluster_set_local_address_n(CassCluster *cluster, const char *address,
                                                  size_t address_length);
EXPORT CassError cass_cluster_set_local_port_range(CassCluster *cluster, int lo, int hi);
EXPORT CassError cass_cluster_set_no_compact(CassCluster *cluster, cass_bool_t enabled);
EXPORT CassError cass_cluster_set_new_request_ratio(CassCluster *cluster, int32_t ratio);
EXPORT CassError cass_cluster_set_max_reusable_write_objects(CassCluster *cluster,
                                                             unsigned objects);
EXPORT void cass_cluster_set_max_schema_wait_time(CassCluster *cluster, unsigned wait_ms);
EXPORT CassError cass_cluster_set_prepare_on_all_hosts(CassCluster *cluster, cass_bool_t enabled);
EXPORT CassError cass_cluster_set_prepare_on_up_or_add_host(CassCluster *cluster,
                                                            cass_bool_t enabled);
EXPORT void cass_cluster_set_tracing_max_wait_time(CassCluster *cluster, unsigned wait_ms);
EXPORT void cass_cluster_set_tracing_retry_wait_time(CassCluster *cluster, unsigned wait_ms);
EXPORT void cass_cluster_set_tracing_consistency(CassCluster *cluster, CassConsistency consistency);
EXPORT CassError cass_cluster_set_histogram_refresh_interval(CassCluster *cluster,
                                                             unsigned interval_ms);
EXPORT void cass_cluster_set_application_version_n(CassCluster *cluster, const char *version,
                                                   size_t version_length);
EXPORT void cass_cluster_set_client_id(CassCluster *cluster, CassUuid id);
EXPORT CassError cass_cluster_set_exponential_reconnect(CassCluster *cluster, uint64_t base_ms,
                                                        uint64_t max_ms);
EXPORT void cass_cluster_set_timestamp_gen(CassCluster *cluster, CassTimestampGen *generator);
EXPORT void cass_cluster_set_load_balance_round_robin(CassCluster *cluster);
EXPORT CassError cass_cluster_set_load_balance_dc_aware_n(
    CassCluster *cluster, const char *dc, size_t dc_length, unsigned used_hosts_per_remote_dc,
    cass_bool_t allow_remote_dcs_for_local_cl);
EXPORT CassError cass_cluster_set_load_balance_rack_aware_n(CassCluster *cluster, const char *dc,
                                                            size_t dc_length, const char *rack,
                                                            size_t rack_length);
EXPORT void cass_cluster_set_token_aware_routing(CassCluster *cluster, cass_bool_t enabled);
EXPORT void cass_cluster_set_token_aware_routing_shuffle_replicas(CassCluster *cluster,
                                                                  cass_bool_t enabled);
EXPORT void cass_cluster_set_latency_aware_routing(CassCluster *cluster, cass_bool_t enabled);
EXPORT void cass_cluster_set_latency_aware_routing_settings(CassCluster *cluster, double threshold,
                                                            uint64_t scale_ms, uint64_t retry_ms,
                                                            uint64_t update_ms,
                                                            uint64_t min_measured);
EXPORT void cass_cluster_set_whitelist_filtering_n(CassCluster *cluster, const char *hosts,
                                                   size_t hosts_length);
EXPORT void cass_cluster_set_whitelist_dc_filtering_n(CassCluster *cluster, const char *dcs,
                                                      size_t dcs_length);
EXPORT void cass_cluster_set_blacklist_filtering_n(CassCluster *cluster, const char *hosts,
                                                   size_t hosts_length);
EXPORT void cass_cluster_set_blacklist_dc_filtering_n(CassCluster *cluster, const char *dcs,
                                                      size_t dcs_length);
EXPORT void cass_cluster_set_retry_policy(CassCluster *cluster, CassRetryPolicy *policy);
EXPORT CassError cass_cluster_set_constant_speculative_execution_policy(CassCluster *cluster,
                                                                        int64_t delay_ms, int max);
EXPORT CassError cass_execution_profile_set_consistency(CassExecProfile *profile,
                                                        CassConsistency consistency);
EXPORT CassError cass_execution_profile_set_serial_consistency(CassExecProfile *profile,
                                                               CassConsistency consistency);
EXPORT CassError cass_execution_profile_set_request_timeout(CassExecProfile *profile,
                                                            uint64_t timeout_ms);
EXPORT CassError cass_execution_profile_set_load_balance_round_robin(CassExecProfile *profile);
EXPORT CassError cass_execution_profile_set_load_balance_dc_aware_n(
    CassExecProfile *profile, const char *dc, size_t dc_length, unsigned used_hosts_per_remote_dc,
    cass_bool_t allow_remote_dcs_for_local_cl);
EXPORT CassError cass_execution_profile_set_load_balance_rack_aware_n(CassExecProfile *profile,
                                                                      const char *dc,
                                                                      size_t dc_length,
                                                                      const char *rack,
                                                                      size_t rack_length);
EXPORT CassError cass_execution_profile_set_token_aware_routing(CassExecProfile *profile,
                                                                cass_bool_t enabled);
EXPORT CassError cass_execution_profile_set_token_aware_routing_shuffle_replicas(
    CassExecProfile *profile, cass_bool_t enabled);
EXPORT CassError cass_execution_profile_set_latency_aware_routing(CassExecProfile *profile,
                                                                  cass_bool_t enabled);
EXPORT CassError cass_execution_profile_set_latency_aware_routing_settings(CassExecProfile *profile,
                                                                           double threshold,
                                                                           uint64_t scale_ms,
                                                                           uint64_t retry_ms,
                                                                           uint64_t update_ms,
                                                                           uint64_t min_measured);
EXPORT CassError cass_execution_profile_set_whitelist_filtering_n(CassExecProfile *profile,
                                                                  const char *hosts,
                                                                  size_t hosts_length);
EXPORT CassError cass_execution_profile_set_whitelist_dc_filtering_n(CassExecProfile *profile,
                                                                     const char *dcs,
                                                                     size_t dcs_length);
EXPORT CassError cass_execution_profile_set_blacklist_filtering_n(CassExecProfile *profile,
                                                                  const char *hosts,
                                                                  size_t hosts_length);
EXPORT CassError cass_execution_profile_set_blacklist_dc_filtering_n(CassExecProfile *profile,
                                                                     const char *dcs,
                                                                     size_t dcs_length);
EXPORT CassError cass_execution_profile_set_retry_policy(CassExecProfile *profile,
                                                         CassRetryPolicy *policy);
EXPORT CassError cass_execution_profile_set_constant_speculative_execution_policy(
    CassExecProfile *profile, int64_t delay_ms, int max);
EXPORT CassError cass_execution_profile_set_no_speculative_execution_policy(
    CassExecProfile *profile);
EXPORT CassError cass_cluster_set_execution_profile_n(CassCluster *cluster, const char *name,
                                                      size_t name_length, CassExecProfile *profile);

/* policy.c */
EXPORT CassRetryPolicy *cass_retry_policy_default_new(void);
EXPORT CassRetryPolicy *cass_retry_policy_fallthrough_new(void);
EXPORT CassRetryPolicy *cass_retry_policy_logging_new(CassRetryPolicy *child);
EXPORT void cass_retry_policy_free(CassRetryPolicy *policy);
EXPORT CassTimestampGen *cass_timestamp_gen_server_side_new(void);
EXPORT CassTimestampGen *cass_timestamp_gen_monotonic_new_with_settings(
    int64_t warning_threshold_us, int64_t warning_interval_ms);
EXPORT void cass_timestamp_gen_free(CassTimestampGen *generator);

/* statement.c and batch.c: policies */
EXPORT CassError cass_statement_set_execution_profile_n(CassStatement *statement, const char *name,
                                                        size_t name_length);
EXPORT CassError cass_statement_set_retry_policy(CassStatement *statement, CassRetryPolicy *policy);
EXPORT CassError cass_statement_set_host_inet(CassStatement *statement, const CassInet *host,
                                              int port);
EXPORT CassError cass_batch_set_execution_profile_n(CassBatch *batch, const char *name,
                                                    size_t name_length);
EXPORT CassError cass_batch_set_retry_policy(CassBatch *batch, CassRetryPolicy *policy);

/* names.c */
EXPORT const char *cass_error_desc(CassError error);
EXPORT const char *cass_consistency_string(CassConsistency consistency);
EXPORT const char *cass_write_type_string(CassWriteType write_type);

/* log.c */
EXPORT void cass_log_cleanup(void);
EXPORT void cass_log_set_level(CassLogLevel log_level);
EXPORT void cass_log_set_callback(CassLogCallback callback, void *data);

#endif
