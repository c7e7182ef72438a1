/* The cluster's settings: checked as the driver checks them, kept where the fake driver uses them. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CassCluster *cass_cluster_new(void)
{
    CassCluster *cluster = object_new(KIND_CLUSTER, sizeof *cluster, true);
    cluster->contact_points = copy_text("", 0);
    cluster->port = 9042;
    cluster->protocol_version = 4;
    cluster->queue_size = 8192;
    return cluster;
}

void cass_cluster_free(CassCluster *cluster)
{
    if (!object_take_back(&cluster->object, KIND_CLUSTER, __func__))
        return;
    scribble_free(cluster->contact_points, strlen(cluster->contact_points));
    object_destroy(cluster, KIND_CLUSTER);
}

CassError cass_cluster_set_contact_points(CassCluster *cluster, const char *contact_points)
{
    return cass_cluster_set_contact_points_n(cluster, contact_points, strlen(contact_points));
}

/* Adds to what is there; an empty string clears it. */
CassError cass_cluster_set_contact_points_n(CassCluster *cluster, const char *contact_points,
                                            size_t contact_points_length)
{
    object_check(&cluster->object, KIND_CLUSTER, __func__);
    note(__func__, "%.*s", (int)contact_points_length, contact_points);
    char *old = cluster->contact_points;
    if (contact_points_length == 0) {
        cluster->contact_points = copy_text("", 0);
    } else {
        size_t size = strlen(old) + 1 + contact_points_length + 1;
        cluster->contact_points = must_alloc(size);
        snprintf(cluster->contact_points, size, "%s%s%.*s", old, *old ? "," : "",
                 (int)contact_points_length, contact_points);
    }
    free(old);
    return CASS_OK;
}

/* For the settings that the fake driver checks and does not use. */
static CassError accept_if(CassCluster *cluster, bool valid, const char *function)
{
    object_check(&cluster->object, KIND_CLUSTER, function);
    return valid ? CASS_OK : LIB_BAD_PARAMS;
}

CassError cass_cluster_set_port(CassCluster *cluster, int port)
{
    note(__func__, "%d", port);
    CassError error = accept_if(cluster, port > 0, __func__);
    if (error == CASS_OK)
        cluster->port = port;
    return error;
}

CassError cass_cluster_set_protocol_version(CassCluster *cluster, int protocol_version)
{
    note(__func__, "%d", protocol_version);
    bool known = protocol_version == 3 || protocol_version == 4 || protocol_version == 0x41 ||
                 protocol_version == 0x42;
    CassError error = accept_if(cluster, known, __func__);
    if (error == CASS_OK)
        cluster->protocol_version = protocol_version;
    return error;
}

CassError cass_cluster_set_consistency(CassCluster *cluster, CassConsistency consistency)
{
    note(__func__, "%u", consistency);
    return accept_if(cluster, consistency != CONSISTENCY_UNKNOWN, __func__);
}

CassError cass_cluster_set_serial_consistency(CassCluster *cluster, CassConsistency consistency)
{
    note(__func__, "%u", consistency);
    return accept_if(cluster, consistency != CONSISTENCY_UNKNOWN, __func__);
}

CassError cass_cluster_set_num_threads_io(CassCluster *cluster, unsigned num_threads)
{
    note(__func__, "%u", num_threads);
    return accept_if(cluster, num_threads > 0, __func__);
}

CassError cass_cluster_set_queue_size_io(CassCluster *cluster, unsigned queue_size)
{
    note(__func__, "%u", queue_size);
    CassError error = accept_if(cluster, queue_size > 0, __func__);
    if (error == CASS_OK)
        cluster->queue_size = queue_size;
    return error;
}

CassError cass_cluster_set_core_connections_per_host(CassCluster *cluster,
                                                     unsigned num_connections)
{
    note(__func__, "%u", num_connections);
    return accept_if(cluster, num_connections > 0, __func__);
}

CassError cass_cluster_set_coalesce_delay(CassCluster *cluster, int64_t delay_us)
{
    note(__func__, "%lld", (long long)delay_us);
    return accept_if(cluster, delay_us >= 0, __func__);
}

void cass_cluster_set_constant_reconnect(CassCluster *cluster, uint64_t delay_ms)
{
    note(__func__, "%llu", (unsigned long long)delay_ms);
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_connect_timeout(CassCluster *cluster, unsigned timeout_ms)
{
    note(__func__, "%u", timeout_ms);
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_request_timeout(CassCluster *cluster, unsigned timeout_ms)
{
    note(__func__, "%u", timeout_ms);
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_resolve_timeout(CassCluster *cluster, unsigned timeout_ms)
{
    note(__func__, "%u", timeout_ms);
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_credentials(CassCluster *cluster, const char *username, const char *password)
{
    cass_cluster_set_credentials_n(cluster, username, strlen(username), password,
                                   strlen(password));
}

void cass_cluster_set_credentials_n(CassCluster *cluster, const char *username,
                                    size_t username_length, const char *password,
                                    size_t password_length)
{
    (void)username;
    (void)username_length;
    (void)password;
    (void)password_length;
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_use_schema(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    accept_if(cluster, true, __func__);
}

void cass_cluster_set_application_name(CassCluster *cluster, const char *application_name)
{
    cass_cluster_set_application_name_n(cluster, application_name, strlen(application_name));
}

void cass_cluster_set_application_name_n(CassCluster *cluster, const char *application_name,
                                         size_t application_name_length)
{
    note(__func__, "%.*s", (int)application_name_length, application_name);
    accept_if(cluster, true, __func__);
}

static void refuse(Character *character, CassError code, const char *why, const char *point,
                   int port)
{
    character->refusal = code;
    snprintf(character->refusal_message, sizeof character->refusal_message, "%s: %.100s:%d", why,
             point, port);
}

static void read_point(Character *character, const char *point, int port)
{
    if (strcmp(point, "inline") == 0)
        character->personality = PERSON_INLINE;
    else if (strcmp(point, "late") == 0)
        character->personality = PERSON_LATE;
    else if (strcmp(point, "unset") == 0)
        character->personality = PERSON_UNSET;
    else if (strcmp(point, "locked") == 0)
        character->personality = PERSON_LOCKED;
    else if (strcmp(point, "bursts") == 0)
        character->personality = PERSON_BURSTS;
    else if (strcmp(point, "threads") == 0)
        character->personality = PERSON_THREADS;
    else if (strcmp(point, "slow") == 0)
        character->slow = true;
    else if (strcmp(point, "never") == 0)
        character->never = true;
    else if (strcmp(point, "full") == 0)
        character->full = true;
    else if (strcmp(point, "deaf-connect") == 0)
        character->deaf |= 1u << FUTURE_CONNECT;
    else if (strcmp(point, "deaf-requests") == 0)
        character->deaf |= 1u << FUTURE_PREPARE | 1u << FUTURE_EXECUTE;
    else if (strcmp(point, "deaf-close") == 0)
        character->deaf |= 1u << FUTURE_CLOSE;
    else if (strcmp(point, "refused") == 0)
        refuse(character, LIB_NO_HOSTS_AVAILABLE, "Connection refused", point, port);
    else if (strcmp(point, "badauth") == 0)
        refuse(character, SERVER_BAD_CREDENTIALS, "Provided username and/or password are incorrect",
               point, port);
    else
        refuse(character, LIB_NO_HOSTS_AVAILABLE, "Unable to resolve", point, port);
}

void character_of(Character *character, const CassCluster *cluster)
{
    *character = (Character){
        .personality = PERSON_LATE,
        .protocol_version = cluster->protocol_version,
        .queue_limit = 1,
    };
    /* The driver rounds its queue up to a power of two. */
    while (character->queue_limit < cluster->queue_size)
        character->queue_limit *= 2;
    if (!*cluster->contact_points)
        refuse(character, LIB_NO_HOSTS_AVAILABLE, "No contact points", "", cluster->port);
    char *points = copy_text(cluster->contact_points, strlen(cluster->contact_points));
    char *rest = points, *point;
    while ((point = strsep(&rest, ", ")))
        if (*point)
            read_point(character, point, cluster->port);
    free(points);
}
