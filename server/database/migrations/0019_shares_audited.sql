-- Saved reports and share links are in the audit log like the rest.

CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON saved_reports
  FOR EACH ROW EXECUTE FUNCTION record_change('saved_report', 'id');
CREATE TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON report_shares
  FOR EACH ROW EXECUTE FUNCTION record_change('report_share', 'id');
